"""All wanted tunnels: finds, opens and closes them, and passes changes of their jobs to them."""

import asyncio
import itertools
import time
from collections.abc import Callable

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Action, JobState, Tunnel, TunnelState
from jupystra_tui.protocol import TunnelsChanged
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.local_port import LocalPort
from jupystra_tui.text import Secret
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.missing_jobs import MissingJobs
from jupystra_tui.worker.readiness import until_ready
from jupystra_tui.worker.server_lookup import find_server
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnel_actor import TunnelActor
from jupystra_tui.worker.tunnel_records import TunnelRecords
from jupystra_tui.worker.wanted_tunnels import WantedTunnel

PATIENCE = 45.0


class TunnelSupervisor:
    """Owns every tunnel, and the record of the wanted ones."""

    def __init__(self, hub: EventHub, folders: Folders) -> None:
        self._hub = hub
        self._folders = folders
        self._records = TunnelRecords(folders)
        self._numbers = itertools.count(1)
        self._actors: dict[str, TunnelActor] = {}
        self._ends = MissingJobs()

    @property
    def wanted(self) -> int:
        """How many tunnels are wanted, whether they are up or not."""
        return sum(not actor.ended for actor in self._actors.values())

    def find(self, cluster: str, job: str) -> TunnelActor | None:
        """Return the tunnel to a job, whatever its state."""
        return next(
            (one for one in self._actors.values() if (one.shown.cluster, one.shown.job) == (cluster, job)),
            None,
        )

    def nodes(self, cluster: str) -> frozenset[str]:
        """Return the nodes of a cluster that tunnels are open to."""
        shown = (one.shown for one in self._actors.values())
        return frozenset(one.node for one in shown if one.cluster == cluster and one.ready)

    def get(self, name: str) -> TunnelActor:
        """Return the tunnel of that id; raises TunnelError."""
        if name not in self._actors:
            raise TunnelError(
                "That tunnel is closed", "Connect to its job to open another.", action=Action.CONNECT
            )
        return self._actors[name]

    def load(self) -> tuple[WantedTunnel, ...]:
        """Return the tunnels that were wanted when the last worker ended."""
        return self._records.load()

    def restore(self, session: ClusterSession, wanted: WantedTunnel) -> None:
        """Open a tunnel that was wanted when the last worker ended, on its old port and without the user."""
        port = None if wanted.local_port else self._records.bind(session.cluster.name, wanted.job, 0)
        number = port.number if port else wanted.local_port
        shown = self._new(session, wanted.job, wanted.name, number)
        self._start(session, shown, port, wanted.relay, wanted.since)

    async def reach(
        self,
        session: ClusterSession,
        job: str,
        name: str,
        node: str,
        relay: int = 0,
        local_port: int = 0,
    ) -> TunnelActor:
        """Begin to open a tunnel to a job's node, before its server is up; the one that there is is found.

        `relay` is a port of the login node to pass through; 0 is none. `local_port` is the laptop's port or an error;
        0 is the one that the job had before, 8888 at first, or the next free one.
        """
        actor = self._want(session, job, name, local_port, relay)
        actor.aim(node, actor.found if actor.found and actor.found.server.node == node else None)
        actor.attend()
        return actor

    async def connect(self, session: ClusterSession, job: str, local_port: int = 0) -> str:
        """Return the id of a ready tunnel to the job's server, for the user who waits; `local_port` is as for `reach`.

        Raises TunnelError, ConnectError, GivenUp.
        """
        found = await find_server(session, job)
        seen = session.watcher.job(job)
        actor = self._want(session, job, seen.name if seen else job, local_port)
        actor.attend()
        await self.finish(actor, found)
        return actor.shown.id

    async def finish(
        self,
        actor: TunnelActor,
        found: DiscoveredServer,
        through_breaks: bool = False,
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until the server answers through the tunnel; `opened` and `through_breaks` are as for `until_ready`."""
        actor.aim(found.server.node, found)
        await until_ready(actor, PATIENCE, through_breaks, opened)

    async def reconnect(self, name: str) -> str:
        """Open a tunnel again, on the same local port, for the user who waits."""
        actor = self.get(name)
        session, job = actor.session, actor.shown.job
        await session.connection()
        if actor.ended:
            return await self.connect(session, job)
        actor.restart()
        session.watcher.refresh()
        await until_ready(actor, PATIENCE)
        return name

    def _want(
        self, session: ClusterSession, job: str, name: str, local_port: int, relay: int = 0
    ) -> TunnelActor:
        """Return the tunnel to a job, made if there is none; nothing is awaited, so that two callers get one."""
        actor = self.find(session.cluster.name, job)
        if actor is None or actor.ended:
            before = actor.shown.local_port if actor else 0
            port = self._records.bind(session.cluster.name, job, local_port, before)
            shown = self._new(session, job, name, port.number, actor.shown.id if actor else "")
            return self._start(session, shown, port, relay, time.time())
        if actor.port is None or local_port not in (0, actor.shown.local_port):
            actor.take_port(self._records.bind(session.cluster.name, job, local_port, actor.shown.local_port))
            self._records.keep(actor)
        return actor

    def _new(self, session: ClusterSession, job: str, name: str, port: int, number: str = "") -> Tunnel:
        number = number or str(next(self._numbers))
        return Tunnel(
            number, session.cluster.name, job, name, "", TunnelState.RESOLVING, port, since=time.time()
        )

    def _start(
        self,
        session: ClusterSession,
        shown: Tunnel,
        port: LocalPort | None,
        relay: int,
        since: float,
    ) -> TunnelActor:
        actor = TunnelActor(session, shown, self._folders, self._publish, port, relay, since)
        self._actors[shown.id] = actor
        self._records.keep(actor)
        actor.start()
        self._publish()
        return actor

    def session_changed(self, cluster: str) -> None:
        """Notify the tunnels of a cluster that the phase of its session changed."""
        for actor in self._of(cluster):
            actor.session_changed()

    async def settle(self, session: ClusterSession) -> None:
        """Pass the latest states of their jobs to the tunnels of a cluster."""
        await asyncio.gather(*(self._settle(session, one) for one in self._of(session.cluster.name)))

    async def _settle(self, session: ClusterSession, actor: TunnelActor) -> None:
        cluster, key = actor.shown.cluster, actor.shown.job
        job = session.watcher.job(key)
        if job is None or (job.state is JobState.UNKNOWN and not job.word):
            how = "" if actor.shown.ready else await self._ends.ended(session, key)
            if how and not actor.closed:
                await self._end(actor, how)
            return
        self._ends.seen(cluster, key)
        if job.state.finished:
            await self._end(actor, "its job has ended")
            return
        if actor.ended:  # it was requeued
            self._want(session, key, actor.shown.name, 0)
            return
        actor.follow(job, session.watcher.servers.get(key))

    async def _end(self, actor: TunnelActor, reason: str) -> None:
        if not actor.ended:
            self._records.remove(actor)
            await actor.end(reason)

    def _of(self, cluster: str) -> list[TunnelActor]:
        return [actor for actor in self._actors.values() if actor.shown.cluster == cluster]

    async def close(self, name: str) -> None:
        """Close a tunnel that the user no longer wants. Idempotent."""
        actor = self._actors.pop(name, None)
        if actor:
            self._records.remove(actor)
            await actor.aclose()
            self._publish()

    async def close_all(self, cluster: str | None = None) -> None:
        """Close the tunnels of a cluster, or all, that the user no longer wants."""
        names = [name for name, one in self._actors.items() if cluster in (None, one.shown.cluster)]
        await asyncio.gather(*(self.close(name) for name in names))

    def forget(self) -> None:
        """Let the next worker open none of the tunnels."""
        for actor in self._actors.values():
            self._records.remove(actor)

    async def aclose(self) -> None:
        """Close all tunnels; those that are wanted are opened again by the next worker. Idempotent."""
        actors, self._actors = list(self._actors.values()), {}
        await asyncio.gather(*(actor.aclose() for actor in actors))
        await self._records.aclose()

    def url(self, name: str) -> Secret:
        """Return the URL of the server, with its token; raises TunnelError."""
        return self.get(name).url()

    def _publish(self) -> None:
        self._hub.publish(TunnelsChanged(tuple(one.shown for one in self._actors.values())))
