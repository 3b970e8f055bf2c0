"""LSF's pending reasons, and the states that are reasons, in plain words."""

import re
from functools import lru_cache

from jupystra_tui.model.reason import SHORT_LIMIT, Reason, unknown_reason
from jupystra_tui.schedulers.lsf.lsf_causes import LsfKind
from jupystra_tui.schedulers.lsf.lsf_reason_rules import cause_of
from jupystra_tui.schedulers.lsf.lsf_reason_words import STATES, words_for

_COUNT = re.compile(r":\s*(?:\d+ hosts?)?\s*\.?\s*$")
_SMALL_WORDS = re.compile(r"\b(?:the|an?)\s+|['’]", re.IGNORECASE)
_OTHER_HOSTS = re.compile(r"non-candidate host pending reasons", re.IGNORECASE)
_HEADING = re.compile(r"candidate host pending reasons.*|^\s*\(\d+ of \d+ hosts\).*", re.IGNORECASE)
_ORDER = {kind: place for place, kind in enumerate(LsfKind)}


@lru_cache(maxsize=4096)
def reason_of(code: str) -> Reason:
    """Return what LSF's reasons mean, with `; ` between them: the one that explains most counts.

    Reasons of the hosts that LSF calls candidates come before those of the others.
    """
    if code in STATES:
        return Reason(code, *STATES[code])
    for part in _OTHER_HOSTS.split(code):
        known = [(text, cause) for text in _texts(part) if (cause := cause_of(text))]
        if known:
            text, cause = min(known, key=lambda one: _ORDER[one[1].kind])
            short, sentence = words_for(cause, text)
            return Reason(code, short[:SHORT_LIMIT], sentence, cause.kind is LsfKind.NEVER)
    return unknown_reason(code)


def reason_in_state(word: str, said: str) -> Reason:
    """Return why a job with this state word does not run; `said` are its pending reasons, empty if it has none."""
    if word in STATES and not (word == "PSUSP" and _says_who_holds_it(said)):
        return reason_of(word)
    return reason_of(said)


def _says_who_holds_it(said: str) -> bool:
    causes = map(cause_of, _texts(said))
    return any(cause is not None and cause.kind is LsfKind.HELD for cause in causes)


def _texts(part: str) -> list[str]:
    """Return the single reasons without counts of hosts, articles and apostrophes."""
    texts = (_HEADING.sub("", text).strip() for text in part.split(";"))
    return [_SMALL_WORDS.sub("", _COUNT.sub("", text)).strip() for text in texts if text]
