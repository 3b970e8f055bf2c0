"""All sessions, by cluster, and the background tasks that belong to them."""

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

import msgspec

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError, ConnectError
from jupystra_tui.model import Action, Cluster, JobRequest, SessionPhase
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.open_prompts import OpenPrompts
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.sleep_watch import SleepWatch
from jupystra_tui.worker.state_files import RecentClusters
from jupystra_tui.worker.tunnels import TunnelSupervisor

log = logging.getLogger(__name__)


class Sessions:
    """Owns the sessions. Logins and logouts happen one at a time; a logout closes the tunnels of its cluster."""

    def __init__(
        self,
        folders: Folders,
        hub: EventHub,
        tunnels: TunnelSupervisor,
        prompts: OpenPrompts,
        recent: RecentClusters,
    ) -> None:
        self._folders = folders
        self._hub = hub
        self._tunnels = tunnels
        self._prompts = prompts
        self._recent = recent
        self._sleep = SleepWatch()
        self._sessions: dict[str, ClusterSession] = {}
        self._phases: dict[str, SessionPhase] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session_lock = asyncio.Lock()
        hub.observe(self._on_event)

    @property
    def busy(self) -> bool:
        """Whether a background task is running."""
        return bool(self._tasks)

    def find(self, name: str) -> ClusterSession | None:
        """Return the session of a cluster, None if there is none."""
        return self._sessions.get(name)

    def get(self, name: str) -> ClusterSession:
        """Return the session of a cluster; raises ConnectError if there is none."""
        if name not in self._sessions:
            raise ConnectError(f"Not logged in to {name}", "Log in first.", action=Action.LOG_IN)
        return self._sessions[name]

    def for_action(self, name: str) -> ClusterSession:
        """Return a session that the user wants to use: one that is down begins to log in again."""
        session = self.get(name)
        session.nudge()
        return session

    def refresh_all(self) -> None:
        """Poll the queue of every cluster soon."""
        for session in self._sessions.values():
            session.watcher.refresh()

    def restore(self) -> None:
        """Log in without a user where tunnels were wanted when the last worker ended, and open these tunnels."""
        agent = os.environ.get("SSH_AUTH_SOCK", "")
        for wanted in self._tunnels.load():
            session = self.find(wanted.cluster.name)
            if session is None:
                session = self._new(wanted.cluster)
                session.start(wanted.cluster, agent, attended=False)
            log.info("job %s of %s: reopening its tunnel", wanted.job, wanted.cluster.name)
            self._tunnels.restore(session, wanted)

    async def log_in(self, body: protocol.Login) -> None:
        """Log in, or try again now; raises ConfigError while another login of that name is connected."""
        async with self._session_lock:
            await self._log_in(body.cluster.name, body)

    async def log_out(self, name: str) -> None:
        """Close a session, its background tasks and its tunnels. Idempotent."""
        async with self._session_lock:
            await self._log_out(name)

    def run_in_background(self, work: Coroutine[Any, Any, None], cluster: str) -> None:
        """Run something that ends with the session of its cluster."""
        task = asyncio.create_task(work, name=cluster)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def cancel_tasks(self, cluster: str | None = None) -> None:
        """Cancel the background tasks of a cluster, or all, and wait for their end."""
        tasks = {task for task in self._tasks if cluster in (None, task.get_name())}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def aclose(self) -> None:
        """Close every session. Idempotent."""
        await asyncio.gather(*(session.aclose() for session in self._sessions.values()))

    async def _log_in(self, name: str, body: protocol.Login) -> None:
        session = self.find(name)
        if session is not None and not session.cluster.serves(body.cluster):
            _refuse_another(session)
            await self._log_out(name)
            session = None
        if session is None:
            session = self._new(body.cluster)
        elif body.cluster.defaults != JobRequest():  # a restored session has none
            known = msgspec.structs.replace(session.cluster, defaults=body.cluster.defaults)
            session.show(cluster=known)
        session.credentials.vault.given = body.password
        session.start(body.cluster, body.agent)

    async def _log_out(self, name: str) -> None:
        session = self._sessions.pop(name, None)
        if session:
            await self.cancel_tasks(name)
            await self._tunnels.close_all(name)
            await session.aclose()

    def _new(self, cluster: Cluster) -> ClusterSession:
        session = ClusterSession(
            cluster, self._folders, self._hub, self._prompts, self._on_snapshot, self._sleep
        )
        self._sessions[cluster.name] = session
        return session

    def _on_snapshot(self, session: ClusterSession) -> None:
        self._recent.seen(session.cluster)
        self.run_in_background(self._tunnels.settle(session), session.cluster.name)

    def _on_event(self, event: protocol.Event) -> None:
        """Notify the tunnels of a session whose phase changed."""
        if isinstance(event, protocol.SessionChanged):
            name, phase = event.session.cluster.name, event.session.phase
            if self._phases.get(name) is not phase:
                self._phases[name] = phase
                self._tunnels.session_changed(name)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("%s failed", task.get_coro(), exc_info=task.exception())


def _refuse_another(session: ClusterSession) -> None:
    """Raise ConfigError where another login of that name would end one that is connected, with its tunnels."""
    if session.shown.phase is not SessionPhase.DOWN:
        cluster = session.cluster
        way = f"{cluster.host}, with the ssh configuration {cluster.ssh_config or 'of your own'}"
        raise ConfigError(
            f"{cluster.name} is logged in already, as {session.shown.user} at {way}",
            "Use that login, with the same ssh configuration, or log out of it first.",
            action=Action.LOG_OUT,
        )
