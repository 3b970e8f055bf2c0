"""Servers whose jobs have ended: their files and tokens on the cluster are removed and no longer read."""

from collections.abc import Iterable, Mapping

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.apps.ended_folder import EndedFolder, forget_script
from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Job
from jupystra_tui.worker.job_endings import JobEndings
from jupystra_tui.worker.session_role import SessionRole

LIMIT = 25.0
AT_ONCE = 100
"""Folders in one command."""


class EndedServers:
    """The servers that a poll found, and whose jobs do not run.

    Only a job that has certainly ended loses its files. One that is not listed, and whose end is not known,
    is in `unread`: its files stay, and the next polls do not read them while it is not listed.
    """

    def __init__(self) -> None:
        self._endings = JobEndings()
        self._unlisted: dict[str, str] = {}
        self._ended: dict[EndedFolder, None] = {}

    @property
    def unread(self) -> tuple[str, ...]:
        """The tags of the folders that are not read."""
        return tuple(self._unlisted)

    def note(self, found: Iterable[DiscoveredServer], jobs: Mapping[str, Job]) -> None:
        """Take the servers that a poll found, and its jobs by id and key."""
        listed = [tag for tag, key in self._unlisted.items() if key in jobs and jobs[key].listed]
        for tag in listed:
            del self._unlisted[tag]
        for server in (one.server for one in found):
            job = jobs.get(server.job)
            if job and job.state.finished:
                self._ended[EndedFolder(server.tag, server.job)] = None
            elif server.job and (job is None or not job.listed):
                self._unlisted[server.tag] = server.job
                self._endings.want((server.job,), ())

    async def tidy(self, session: SessionRole) -> None:
        """Ask how the unlisted jobs ended, and remove the files of those that have ended."""
        known = await self._endings.ask(session)
        for tag, job in self._unlisted.items():
            if known.get(job):
                self._ended[EndedFolder(tag, job)] = None
        now = list(self._ended)[:AT_ONCE]
        if not now:
            return
        try:
            await session.run(forget_script(now), LIMIT)
        except ConnectError:
            return  # with a later poll
        for folder in now:
            del self._ended[folder]
            self._unlisted.pop(folder.tag, None)
