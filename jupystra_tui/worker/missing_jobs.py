"""Whether a job that the queue no longer lists is over for certain."""

import time

from msgspec import Struct

from jupystra_tui.errors import JupystraError
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.worker.session import ClusterSession

ASK_PAUSE = 60.0
UNKNOWN_SECONDS = 3600.0


class Missing(Struct):
    """A job that is not listed: `since` when, and when it is asked for next, on the monotonic clock."""

    since: float
    next: float = 0.0


class MissingJobs:
    """Asks the scheduler for jobs that are missing, at most once a minute each."""

    def __init__(self) -> None:
        self._missing: dict[tuple[str, str], Missing] = {}

    def seen(self, cluster: str, job: str) -> None:
        """The job is listed."""
        self._missing.pop((cluster, job), None)

    async def ended(self, session: ClusterSession, job: str) -> str:
        """Return how the job ended, empty where that is not certain.

        It is where the scheduler says so, or has known nothing of the job for an hour in which it answered.
        """
        now = time.monotonic()
        missing = self._missing.setdefault((session.cluster.name, job), Missing(now))
        if now < missing.next:
            return ""
        missing.next = now + ASK_PAUSE
        try:
            how = await _ask(session, job)
        except JupystraError:
            return ""
        if not how and now - missing.since > UNKNOWN_SECONDS:
            return "the scheduler no longer knows its job"
        return how


async def _ask(session: ClusterSession, job: str) -> str:
    scheduler = session.site.scheduler
    asked = await session.run(quote(scheduler.accounting.finished_command((job,))))
    ends = scheduler.accounting.parse_finished(text(asked.out))
    if job not in ends:
        asked = await session.run(scheduler.accounting.finished_fallback_script((job,)))
        ends = scheduler.accounting.parse_finished_fallback(text(asked.out))
    state, _ = ends.get(job, (None, ""))
    return f"its job has ended: {state.value}" if state and state.finished else ""
