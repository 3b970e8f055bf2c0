"""What a running LSF (volclava 2.2) printed, byte for byte."""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "fixtures" / "lsf"
MARK = "5f3a9c0d5f3a9c0d"


class Said(NamedTuple):
    """One command's answer."""

    out: str
    err: str
    code: int


def said(name: str) -> Said:
    """Return what the command of that capture printed on either stream, and its exit code."""
    text = (FOLDER / f"{name}.txt").read_bytes()
    parts = re.fullmatch(
        rb".*?exit code: (\d+)\n--- stdout \(\d+ bytes\)\n(.*?)--- stderr \(\d+ bytes\)\n(.*?)--- end\n?",
        text,
        re.DOTALL,
    )
    assert parts
    return Said(parts[2].decode(errors="replace"), parts[3].decode(errors="replace"), int(parts[1]))


def look(form: str, listed: str, reasoned: str = "") -> bytes:
    """Return what the listing script prints around bjobs' answers."""
    return f"{listed}\n\x1e{MARK} {form}\n{reasoned}".encode()
