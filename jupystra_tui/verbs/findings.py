"""Prints the findings of `jupystra doctor` as text or JSON."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, TextIO

from jupystra_tui.model.finding import Finding, Verdict
from jupystra_tui.verbs.output import print_result

NARROWEST, WIDEST = 40, 110
_MARKS = {
    Verdict.OK: ("✔", "32"),
    Verdict.WARNING: ("!", "33"),
    Verdict.FAILED: ("✖", "31"),
    Verdict.SKIPPED: ("·", "2"),
}
_URGENCY = (Verdict.FAILED, Verdict.WARNING, Verdict.SKIPPED)


def first_to_do(findings: Sequence[Finding]) -> Finding | None:
    """Return the most urgent finding, None if all checks passed."""
    urgent = (one for verdict in _URGENCY for one in findings if one.verdict is verdict)
    return next(urgent, None)


def findings_fields(cluster: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the findings as a JSON object."""
    first = first_to_do(findings)
    return {
        "cluster": cluster,
        "findings": list(map(_fields, findings)),
        "fine": _passed(findings),
        "first_to_do": _fields(first) if first else None,
    }


def print_findings(findings: Sequence[Finding]) -> None:
    """Print a line for each finding, the next step if the check did not pass, and a summary."""
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    for line in lines_of(
        findings, width, color=_uses_color(sys.stdout), symbols=_can_encode_symbols(sys.stdout)
    ):
        print_result(line)


def lines_of(
    findings: Sequence[Finding], width: int, *, color: bool = False, symbols: bool = True
) -> Iterator[str]:
    """Return the lines; without color each line also names its verdict."""
    names = max((len(one.name) for one in findings), default=0)
    for place, group in groupby(findings, key=lambda one: one.place):
        yield place[:1].upper() + place[1:]
        for finding in group:
            yield from _lines(finding, names, width, color=color, symbols=symbols)
        yield ""
    yield from textwrap.wrap(_summary(findings), width)


def _lines(finding: Finding, names: int, width: int, *, color: bool, symbols: bool) -> Iterator[str]:
    symbol, code = _MARKS[finding.verdict]
    labels = [symbol] * symbols + [finding.verdict.value.ljust(7)] * (not color)
    plain = f"  {' '.join(labels)} {finding.name.ljust(names)}  "
    shown = plain.replace(symbol, f"\x1b[{code}m{symbol}\x1b[0m", 1) if color else plain
    indent = " " * len(plain)
    first, *more = textwrap.wrap(finding.seen, max(width - len(plain), 20)) or [""]
    yield f"{shown}{first}"
    yield from (f"{indent}{line}" for line in more)
    if finding.verdict is not Verdict.OK:
        arrow = "→ " if symbols else "-> "
        room = max(width - len(indent) - len(arrow), 20)
        for number, line in enumerate(textwrap.wrap(finding.next_step, room)):
            yield f"{indent}{arrow if not number else ' ' * len(arrow)}{line}"


def _summary(findings: Sequence[Finding]) -> str:
    first = first_to_do(findings)
    if first is None:
        return f"All {len(findings)} checks passed."
    return (
        f"{_passed(findings)} of {len(findings)} checks passed. First step: {first.name}: {first.next_step}"
    )


def _passed(findings: Sequence[Finding]) -> int:
    return sum(one.verdict is Verdict.OK for one in findings)


def _fields(finding: Finding) -> dict[str, str]:
    return {
        "name": finding.name,
        "place": finding.place,
        "verdict": finding.verdict.value,
        "seen": finding.seen,
        "next_step": finding.next_step,
    }


def _uses_color(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _can_encode_symbols(stream: TextIO) -> bool:
    try:
        "✔✖·→".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
