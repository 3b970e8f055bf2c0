"""Finds the server of a job."""

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import NoServerError
from jupystra_tui.model import Action, JobState
from jupystra_tui.worker.session import ClusterSession


async def find_server(session: ClusterSession, job: str) -> DiscoveredServer:
    """Return the job's server as it is now; raises TunnelError where none is to be found."""
    await session.connection()
    if job not in session.watcher.servers:
        await session.watcher.fresh()
    found = session.watcher.servers.get(job)
    if found:
        return found
    seen = session.watcher.job(job)
    if seen is None:
        raise NoServerError(f"The scheduler knows no job {job}", "It may have ended long ago; start another.")
    if seen.state is JobState.RUNNING:
        raise NoServerError(
            f"Job {seen.id} has no server that can be found",
            "Either its server is still starting, or it was not started by jupystra. Its log may say which.",
            action=Action.READ_LOG,
        )
    raise NoServerError(
        f"Job {seen.id} is {seen.state.value}: there is no server to connect to",
        "It is there as soon as the job runs; where the job is over, start another.",
    )
