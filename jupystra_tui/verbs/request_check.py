"""Checks a request before it is submitted, as the form of the dashboard does."""

from contextlib import suppress

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.model import JobRequest, Problem
from jupystra_tui.options import OPTIONS
from jupystra_tui.verbs.context import VerbContext
from jupystra_tui.verbs.output import print_message

FIRST_POLL_SECONDS = 30.0
_FLAGS = {option.name: option.flags[0] for option in OPTIONS}
_CHECKED_AT_THE_START = "local_port"


async def checked_request(context: VerbContext, cluster: str, request: JobRequest) -> str:
    """Return the tag under which the checked script can be submitted; prints warnings.

    Raises ConfigError for the first mistake, named by its flag. The local port is checked by the start itself.
    """
    with suppress(TimeoutError):  # the limits of the partitions are known after the first poll
        await context.until(lambda: _polled(context, cluster), FIRST_POLL_SECONDS)
    preview = await context.request(protocol.Preview(cluster, request))
    problems = [problem for problem in preview.problems if problem.field != _CHECKED_AT_THE_START]
    for problem in problems:
        if not problem.warning:
            raise ConfigError(_by_flag(problem), problem.hint, problem.detail)
    for problem in problems:
        print_message(f"warning: {_by_flag(problem)}. {problem.hint}".rstrip())
    return preview.tag


def _polled(context: VerbContext, cluster: str) -> bool:
    session, snapshot = context.state.sessions.get(cluster), context.state.snapshots.get(cluster)
    return session is None or bool(
        session.partitions_read or session.problem or (snapshot and snapshot.taken)
    )


def _by_flag(problem: Problem) -> str:
    flag = _FLAGS.get(problem.field)
    return f"{flag}: {problem.title}" if flag else problem.title
