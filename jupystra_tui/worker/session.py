"""One logged-in cluster."""

import getpass
from collections.abc import Callable
from typing import Any

import msgspec

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Action, Cluster, Session, SessionPhase
from jupystra_tui.protocol import SessionChanged, SessionClosed
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.cluster_login import ClusterLogin
from jupystra_tui.worker.connection_keeper import ConnectionKeeper
from jupystra_tui.worker.credentials import Credentials
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.open_prompts import OpenPrompts
from jupystra_tui.worker.site_discovery import Site
from jupystra_tui.worker.sleep_watch import SleepWatch
from jupystra_tui.worker.watcher import JobWatcher


class ClusterSession:
    """A session: its connection, its queue watcher and its credentials. `start` begins it, `aclose` ends it.

    `on_snapshot` is called after each poll of the queue.
    """

    def __init__(
        self,
        cluster: Cluster,
        folders: Folders,
        hub: EventHub,
        prompts: OpenPrompts,
        on_snapshot: Callable[["ClusterSession"], None],
        sleep: SleepWatch,
    ) -> None:
        self.shown = Session(
            cluster, SessionPhase.CONNECTING, cluster.user or getpass.getuser(), every=cluster.poll
        )
        self.credentials = Credentials(cluster.name, prompts)
        self.watcher = JobWatcher(self, hub, lambda: on_snapshot(self))
        self._hub = hub
        self._login = ClusterLogin(self, folders)
        self._keeper = ConnectionKeeper(self, self._login, sleep, self._connected, self.watcher.refresh)

    @property
    def cluster(self) -> Cluster:
        """The cluster as the user named it."""
        return self.shown.cluster

    @property
    def site(self) -> Site:
        """What is known about the cluster; raises ConnectError before the first login."""
        if self._keeper.site is None:
            raise ConnectError(f"Not logged in to {self.cluster.name}", "Log in first.", action=Action.LOG_IN)
        return self._keeper.site

    @property
    def online(self) -> bool:
        """Whether this laptop has a route to the last known address of the login node."""
        return self._keeper.online

    def start(self, cluster: Cluster, agent: str, attended: bool = True) -> None:
        """Log in with these settings, or try again now if that failed or waits; a connected session stays as it is.

        Without `attended` nothing is asked: it waits for the network, and for the user where one is needed.
        """
        self.credentials.agent = agent or self.credentials.agent
        if not self._keeper.running:
            self._adopt(cluster)
            self.show(phase=SessionPhase.CONNECTING, steps=(), problem=None)
            self._keeper.start(attended)
        elif not self._keeper.up.is_set():
            self._adopt(cluster)
        if attended:
            self._login.come()

    def nudge(self) -> None:
        """Log in again if the session is down or waits for the user, who wants to use it now."""
        self.start(self.cluster, self.credentials.agent)

    def show(self, **changes: Any) -> None:
        """Publish the session with some fields changed."""
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._hub.publish(SessionChanged(changed))

    def tell(self, step: str) -> None:
        """Add a step of the login; the latest 20 are kept."""
        self.show(steps=(*self.shown.steps[-19:], step))

    async def until_up(self) -> None:
        """Wait until the session is connected, however long that takes; shows no prompt."""
        await self._keeper.up.wait()

    async def connection(self) -> Connection:
        """Return the live connection, waiting up to a minute for one; raises NotSent with the reason."""
        return await self._keeper.connection()

    async def answers(self) -> bool:
        """Return whether the session is connected and the login node answers now."""
        return await self._keeper.answers()

    async def run(self, script: str, limit: float = 25.0) -> CommandResult:
        """Run shell text on the cluster; raises NotSent, NoAnswer also after `limit` seconds."""
        return await (await self.connection()).run(script, limit)

    async def aclose(self) -> None:
        """Log out. Idempotent."""
        await self._keeper.aclose()
        await self.watcher.aclose()
        self.credentials.vault.wipe()
        self._hub.publish(SessionClosed(self.cluster.name))

    def _adopt(self, cluster: Cluster) -> None:
        self.show(cluster=cluster)
        self.watcher.pace.set(cluster.poll, cluster.poll_floor)

    def _connected(self) -> None:
        site = self.site
        self.show(
            phase=SessionPhase.UP,
            user=site.user,
            login_node=site.login_node,
            scheduler=site.scheduler.name,
            version=site.version,
            problem=None,
        )
        self.watcher.start()
