"""What a verb prints: results on standard output, as JSON where that is wanted, and all else on standard error."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from jupystra_tui.errors import JupystraError


def print_json(value: Any) -> None:
    """Print one JSON value."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns that are as wide as what stands in them; nothing for no rows."""
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def error_fields(error: JupystraError) -> dict[str, str]:
    """Return the three texts of an error, for JSON."""
    return {"title": error.title, "hint": error.hint, "detail": error.detail}


def say(sentence: str) -> None:
    """Say something beside the result."""
    print(sentence, file=sys.stderr, flush=True)


def complain(error: JupystraError, *, as_json: bool = False) -> None:
    """Tell what went wrong: to a person in words, to a script as `{"error": …}`."""
    if as_json:
        print_json({"error": error_fields(error)})
        return
    for text in filter(None, (f"jupystra: {error.title}", error.hint, error.detail)):
        say(text)
