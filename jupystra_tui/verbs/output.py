"""What a verb prints: results on standard output, as JSON where that is wanted, and all else on standard error."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any

from jupystra_tui.errors import JupystraError
from jupystra_tui.verbs.exits import NobodyReads, Unwritable


def open_streams() -> None:
    """Have all three standard streams be there, and write as `\\xf6` what one of them cannot encode."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY))  # noqa: SIM115 - open as long as we run
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w")  # noqa: SIM115 - to write to it is an error
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w")  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def shut_stdout() -> None:
    """Let what is printed from here on go nowhere, and so what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(text: str) -> None:
    """Print a part of the result at once; raises Unwritable, NobodyReads when the reader has gone."""
    with _written():
        print(text, flush=True)


def flush() -> None:
    """Have all that was printed be written; raises Unwritable, NobodyReads when the reader has gone."""
    with _written():
        sys.stdout.flush()


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise NobodyReads("Nobody reads on") from error
    except OSError as error:
        raise Unwritable(f"Standard output cannot be written: {error.strerror}") from error


def print_json(value: Any) -> None:
    """Print one JSON value, laid out for a person to read too."""
    tell(json.dumps(value, indent=2))


def print_json_line(value: Any) -> None:
    """Print one JSON value on a line of its own."""
    tell(json.dumps(value))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns that are as wide as what stands in them; nothing for no rows."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        tell("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def error_fields(error: JupystraError) -> dict[str, str]:
    """Return the three texts of an error, for JSON."""
    return {"title": error.title, "hint": error.hint, "detail": error.detail}


def say(sentence: str) -> None:
    """Say something beside the result; where that cannot be written it is lost."""
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)


def complain(error: JupystraError, *, as_json: bool = False) -> None:
    """Tell what went wrong: to a person in words, to a script as `{"error": …}`."""
    if as_json:
        print_json_line({"error": error_fields(error)})
        return
    for text in filter(None, (f"jupystra: {error.title}", error.hint, error.detail)):
        say(text)
