"""Slurm's reasons in plain words: why a job waits, and how it ended."""

import re
from functools import lru_cache

from jupystra_tui.model.reason import NO_REASON, Reason, unknown_reason
from jupystra_tui.schedulers.slurm.slurm_limits import limit_reason, parse_limit
from jupystra_tui.schedulers.slurm.slurm_reason_table import REASONS, SIGNALS, STATES, Category

_NAMED = {
    code.lower(): (category, short, text)
    for category, some in REASONS.items()
    for code, (short, text) in some.items()
}
_SENTENCES = tuple(code for code in _NAMED if " " in code)
_FIRST = re.compile(r"\w+")
_SIGNAL = re.compile(r"RaisedSignal:(\d+)")
_NAMELESS = {"", "none"}


@lru_cache(maxsize=1024)
def reason_of(code: str) -> Reason:
    """Return what one of Slurm's reasons means."""
    code = code.strip()
    code = code[1:-1] if code.startswith("(") and code.endswith(")") else code
    return _signal(code) or _named(code) or limit_reason(code) or unknown_reason(code)


@lru_cache(maxsize=1024)
def state_reason(word: str, code: str, finished: bool) -> Reason:
    """Return the reason of a job in a state, whose word may say more than the reason beside it.

    A job that has ended keeps the reason for which it was pending: that one is left out.
    """
    if word in STATES and (finished or code.lower() in _NAMELESS):
        return Reason(word, *STATES[word])
    reason, category = reason_of(code), category_of(code)
    if not finished or category is Category.ENDED:
        return reason
    if reason.never_starts and word == "FAILED":
        return Reason(code, reason.short, f"The scheduler refused it ({code}).")
    return NO_REASON if category or parse_limit(code) else reason


def category_of(code: str) -> Category | None:
    """Return the category of a reason that the table names, None for limits and unknown reasons."""
    key = _key(code)
    return _NAMED[key][0] if key else None


def _named(code: str) -> Reason | None:
    key = _key(code)
    if not key:
        return None
    category, short, text = _NAMED[key]
    return Reason(code, short, text, category is Category.NEVER)


def _key(code: str) -> str:
    """Return the key in the table, empty if there is none: more text may follow a word (`ReqNodeNotAvail, …`)."""
    words = code.lower()
    sentence = words.replace("_", " ")
    for known in _SENTENCES:
        if sentence.startswith(known):
            return known
    first = _FIRST.match(words)
    return first[0] if first and first[0] in _NAMED else ""


def _signal(code: str) -> Reason | None:
    match = _SIGNAL.match(code)
    if not match or match[1] not in SIGNALS:
        return None
    return Reason(code, *SIGNALS[match[1]])
