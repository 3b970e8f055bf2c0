"""How a shell script learns the state of one job."""

from collections.abc import Mapping

from jupystra_tui.model import JobState

_PRINTED = {JobState.PENDING: "waiting", JobState.RUNNING: "running", JobState.SUSPENDED: "suspended"}


def state_program(line: str, words: Mapping[JobState, str]) -> str:
    """Return the program of a StateQuery.

    `line` is sed's pattern for a line of the command's output, with @WORD for the scheduler's state word; `words` are
    the words of each state, with blanks between them.
    """
    pairs = ((word, _PRINTED.get(state, "over")) for state, some in words.items() for word in some.split())
    return "".join(f"s/{line.replace('@WORD', word)}/{printed}/p;" for word, printed in pairs)
