"""Submissions that were given up without an answer: a job that comes of one later is killed."""

import asyncio
import logging
from collections.abc import Iterable

from jupystra_tui.apps.submission import give_up_script
from jupystra_tui.backoff import Backoff
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import JobRequest
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.worker.session import ClusterSession

FOLLOWED_SECONDS = 3600.0
LOOKS_AFTER_KILL = 2
LIMIT = 30.0

log = logging.getLogger(__name__)


async def take_back(session: ClusterSession, request: JobRequest, tag: str) -> None:
    """Stop the submit command of that tag, and kill each job that comes of it within an hour.

    A scheduler that hung may accept a submission after its command has ended, also more than once. A job that starts
    later than that ends by itself, for its folder says that it was given up.
    """
    now = asyncio.get_running_loop().time
    until, pauses, looks = now() + FOLLOWED_SECONDS, Backoff(1.0, 60.0), LOOKS_AFTER_KILL
    killed: set[str] = set()
    while now() < until and looks:
        try:
            await session.until_up()
            jobs = set(await _jobs(session, request, tag)) - killed
            await _kill(session, jobs)
            killed |= jobs
        except JupystraError as error:
            log.info("the submission %s is not taken back yet: %s", tag, error.title)
        looks -= bool(killed)
        await asyncio.sleep(pauses.next())


async def _jobs(session: ClusterSession, request: JobRequest, tag: str) -> Iterable[str]:
    """Return the jobs of the submission, as its folder and the scheduler have them."""
    scheduler = session.site.scheduler
    connection = await session.connection()
    printed = await connection.run_on_second_shell(give_up_script(tag), LIMIT)
    kept = text(printed.out).strip()
    found = await connection.run_on_second_shell(scheduler.submission.lookup_script(request, tag), LIMIT)
    listed = scheduler.submission.parse_lookup(tag, text(found.out), text(found.err), found.code)
    return [job for job in (kept, *listed) if scheduler.queue.parse_id(job)]


async def _kill(session: ClusterSession, jobs: set[str]) -> None:
    if not jobs:
        return
    queue = session.site.scheduler.queue
    connection = await session.connection()
    result = await connection.run_on_second_shell(quote(queue.cancel_command(sorted(jobs))), LIMIT)
    queue.parse_cancel(result.code, text(result.err) or text(result.out))
    session.watcher.acted()
