"""Whether a job that the queue no longer lists has certainly ended."""

import time

from msgspec import Struct

from jupystra_tui.worker.job_endings import JobEndings
from jupystra_tui.worker.session import ClusterSession

ASK_PAUSE = 60.0
UNKNOWN_SECONDS = 3600.0


class Missing(Struct):
    """A job that is not listed: `since` when, and when it is asked for next, on the monotonic clock."""

    since: float
    next: float = 0.0


class MissingJobs:
    """Asks the scheduler about jobs that are not listed, at most once a minute each."""

    def __init__(self) -> None:
        self._missing: dict[tuple[str, str], Missing] = {}

    def seen(self, cluster: str, job: str) -> None:
        """The job is listed."""
        self._missing.pop((cluster, job), None)

    async def ended(self, session: ClusterSession, job: str) -> str:
        """Return how the job ended, empty where that is not certain.

        It is certain where the scheduler says so, or has not known the job for an hour in which it answered.
        """
        now = time.monotonic()
        missing = self._missing.setdefault((session.cluster.name, job), Missing(now))
        if now < missing.next:
            return ""
        missing.next = now + ASK_PAUSE
        how = await _ending(session, job)
        if how is None:
            return ""
        if not how and now - missing.since > UNKNOWN_SECONDS:
            return "the scheduler no longer knows its job"
        return how


async def _ending(session: ClusterSession, job: str) -> str | None:
    """Return how a job ended, empty where the scheduler does not know it; None if the scheduler did not answer."""
    endings = JobEndings()
    endings.want((job,), ())
    known = await endings.ask(session)
    if job not in known:
        return None
    ending = known[job]
    return f"its job has ended: {ending[0].value}" if ending else ""
