"""Error messages of schedulers that are known, with what they mean."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from jupystra_tui.errors import SchedulerError


class KnownFailure(NamedTuple):
    """An error message that matches `pattern`; `by_command` has the hints that differ for a command."""

    pattern: str
    title: str
    hint: str
    by_command: Mapping[str, str] = {}


def known_error(known: Iterable[KnownFailure], text: str, command: str, detail: str) -> SchedulerError | None:
    """Return the error for the first that matches, None if none does."""
    for failure in known:
        if re.search(failure.pattern, text, re.IGNORECASE):
            return SchedulerError(failure.title, failure.by_command.get(command, failure.hint), detail)
    return None
