"""What a check of a site found, and what to do about it."""

from enum import Enum

from msgspec import Struct

NOTHING_TO_DO = "Nothing to do."


class Verdict(Enum):
    """How it stands; the value is the word shown."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"
    UNTRIED = "not tried"


class Finding(Struct, frozen=True):
    """One line of a diagnosis; all text is clean. `place` is where it was looked, `next_step` what to do about it.

    `nodes` are the compute nodes that it names.
    """

    verdict: Verdict
    seen: str
    next_step: str = NOTHING_TO_DO
    name: str = ""
    place: str = ""
    nodes: tuple[str, ...] = ()


def fine(seen: str) -> Finding:
    """Return that something works."""
    return Finding(Verdict.FINE, seen)


def look(seen: str, next_step: str) -> Finding:
    """Return that something works for now, and is worth a look."""
    return Finding(Verdict.LOOK, seen, next_step)


def broken(seen: str, next_step: str) -> Finding:
    """Return that something does not work."""
    return Finding(Verdict.BROKEN, seen, next_step)


def untried(seen: str, next_step: str) -> Finding:
    """Return that something was not tried, and why."""
    return Finding(Verdict.UNTRIED, seen, next_step)
