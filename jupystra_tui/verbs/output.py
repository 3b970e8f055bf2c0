"""Printing: results on standard output (as JSON with --json), everything else on standard error."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any

from jupystra_tui.errors import JupystraError
from jupystra_tui.verbs.exits import OutputError, ReaderClosed


def open_streams() -> None:
    """Open the standard streams that are closed, and print characters that they cannot encode as `\\xf6`."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY))  # noqa: SIM115 - stays open until exit
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w")  # noqa: SIM115 - writing to it fails
    if sys.stderr is None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w")  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def discard_stdout() -> None:
    """Discard all further output, and output that is still buffered."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_result(text: str) -> None:
    """Print a part of the result and flush it; raises OutputError, or ReaderClosed if the reader is gone."""
    with _output_errors():
        print(text, flush=True)


def flush() -> None:
    """Flush standard output; raises OutputError, or ReaderClosed if the reader is gone."""
    with _output_errors():
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderClosed("The reader of standard output is gone") from error
    except OSError as error:
        raise OutputError(f"Standard output cannot be written: {error.strerror}") from error


def print_json(value: Any) -> None:
    """Print one JSON value, indented."""
    print_result(json.dumps(value, indent=2))


def print_json_line(value: Any) -> None:
    """Print one JSON value on one line."""
    print_result(json.dumps(value))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as their longest cell; print nothing for no rows."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        print_result("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def error_fields(error: JupystraError) -> dict[str, str]:
    """Return an error as a JSON object."""
    return {"title": error.title, "hint": error.hint, "detail": error.detail}


def print_message(sentence: str) -> None:
    """Print a message on standard error; ignore it if that fails."""
    with suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)


def print_error(error: JupystraError, *, as_json: bool = False) -> None:
    """Print an error: as text on standard error, with `as_json` as `{"error": …}` on standard output."""
    if as_json:
        print_json_line({"error": error_fields(error)})
        return
    for text in filter(None, (f"jupystra: {error.title}", error.hint, error.detail)):
        print_message(text)
