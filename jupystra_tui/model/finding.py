"""The result of one check of a site, and what to do about it."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.action import Action

NOTHING_TO_DO = "Nothing to do."


class Verdict(Enum):
    """The result; the value is the word shown."""

    FINE = "fine"
    LOOK = "look"
    BROKEN = "broken"
    UNTRIED = "not tried"


class Finding(Struct, frozen=True):
    """One line of a diagnosis; all text is clean. `place` is where the check ran, `next_step` what to do about it.

    `nodes` are the compute nodes that it names. `next_action` is what `next_step` suggests: each front end adds how.
    """

    verdict: Verdict
    seen: str
    next_step: str = NOTHING_TO_DO
    name: str = ""
    place: str = ""
    nodes: tuple[str, ...] = ()
    next_action: Action | None = None


def fine(seen: str) -> Finding:
    """Return that something works."""
    return Finding(Verdict.FINE, seen)


def look(seen: str, next_step: str, next_action: Action | None = None) -> Finding:
    """Return that something works for now, with a limitation."""
    return Finding(Verdict.LOOK, seen, next_step, next_action=next_action)


def broken(seen: str, next_step: str) -> Finding:
    """Return that something does not work."""
    return Finding(Verdict.BROKEN, seen, next_step)


def untried(seen: str, next_step: str) -> Finding:
    """Return that something was not tried, and why."""
    return Finding(Verdict.UNTRIED, seen, next_step)
