"""The result of one check of a site, and what to do about it."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.action import Action

NOTHING_TO_DO = "Nothing to do."


class Verdict(Enum):
    """The result; the value is the word shown."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True):
    """The result of one check; all text is clean. `place` is where the check ran, `next_step` what to do about it.

    `nodes` are the compute nodes that it names. `next_action` is what `next_step` suggests: each front end adds how.
    """

    verdict: Verdict
    seen: str
    next_step: str = NOTHING_TO_DO
    name: str = ""
    place: str = ""
    nodes: tuple[str, ...] = ()
    next_action: Action | None = None


def passed(seen: str) -> Finding:
    """Return that something works."""
    return Finding(Verdict.OK, seen)


def warning(seen: str, next_step: str, next_action: Action | None = None) -> Finding:
    """Return that something works, with a limitation."""
    return Finding(Verdict.WARNING, seen, next_step, next_action=next_action)


def failed(seen: str, next_step: str) -> Finding:
    """Return that something does not work."""
    return Finding(Verdict.FAILED, seen, next_step)


def skipped(seen: str, next_step: str) -> Finding:
    """Return that something was not checked, and why."""
    return Finding(Verdict.SKIPPED, seen, next_step)
