"""All tunnels: opened, watched, opened again, closed."""

import asyncio
import itertools
import time

from jupystra_tui.errors import GivenUp, JupystraError, TunnelError
from jupystra_tui.jupyter.api import page_url
from jupystra_tui.jupyter.look import Found
from jupystra_tui.model import JobState, Snapshot, Tunnel, TunnelState
from jupystra_tui.protocol import TunnelsChanged
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.text import Secret
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.live import LiveTunnel
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.state import Ports

FIRST_PORT = 8888


class TunnelSupervisor:
    """Owns every tunnel."""

    def __init__(self, hub: Hub, folders: Folders) -> None:
        self._hub = hub
        self._folders = folders
        self._ports = Ports(folders.state / "ports.json")
        self._numbers = itertools.count(1)
        self._live: dict[str, LiveTunnel] = {}

    @property
    def open(self) -> int:
        """How many tunnels are up or on their way."""
        return sum(tunnel.shown.state is not TunnelState.DOWN for tunnel in self._live.values())

    def find(self, cluster: str, job: str) -> LiveTunnel | None:
        """Return the tunnel to a job, whatever its state."""
        return next(
            (one for one in self._live.values() if (one.shown.cluster, one.shown.job) == (cluster, job)), None
        )

    def get(self, name: str) -> LiveTunnel:
        """Return the tunnel of that id; raises TunnelError."""
        if name not in self._live:
            raise TunnelError("That tunnel is closed", "Press enter on its job to open another.")
        return self._live[name]

    def reach(self, session: ClusterSession, job: str, name: str, node: str) -> LiveTunnel:
        """Begin to open a tunnel to a job's node, before its server is up; one that is open is found."""
        old = self.find(session.cluster.name, job)
        if old and old.shown.state is not TunnelState.DOWN and old.shown.node == node:
            return old
        number = old.shown.id if old else str(next(self._numbers))
        shown = Tunnel(number, session.cluster.name, job, name, node, TunnelState.OPENING, since=time.time())
        port = old.shown.local_port if old else 0
        self._live[number] = LiveTunnel(session, shown, self._folders, port, self._publish)
        self._publish()
        return self._live[number]

    async def connect(self, session: ClusterSession, job: str, wanted: int = 0) -> str:
        """Return the id of a ready tunnel to the job's server; raises TunnelError, ConnectError, GivenUp."""
        found = await self._server(session, job)
        shown = session.watcher.job(job)
        tunnel = self.reach(session, job, shown.name if shown else job, found.server.node)
        await self.finish(tunnel, found, wanted)
        return tunnel.shown.id

    async def finish(self, tunnel: LiveTunnel, found: Found, wanted: int = 0) -> None:
        """Forward a local port to the server and wait until it answers; on failure the tunnel is shown as down."""
        cluster, job = tunnel.shown.cluster, tunnel.shown.job
        port = tunnel.port or self._ports.get(cluster, job) or wanted or FIRST_PORT
        await tunnel.attach(found, port)
        self._ports.put(cluster, job, tunnel.shown.local_port)

    async def reconnect(self, name: str) -> str:
        """Open a tunnel again, on the same local port if it is still free."""
        tunnel = self.get(name)
        await tunnel.aclose("opening again")
        return await self.connect(tunnel.session, tunnel.shown.job, tunnel.shown.local_port)

    async def reopen(self, session: ClusterSession) -> None:
        """After a break: open again what the break took down."""
        for tunnel in [one for one in self._live.values() if one.session is session and one.broken]:
            try:
                await self.reconnect(tunnel.shown.id)
            except (JupystraError, GivenUp):
                continue  # it is shown as down, with the reason

    def url(self, name: str) -> Secret:
        """Return the address that opens the server's page without a question; raises TunnelError."""
        tunnel = self.get(name)
        if not tunnel.shown.ready or tunnel.found is None:
            raise TunnelError("The server has not answered yet", "Wait a moment, or press r to try again.")
        server = tunnel.found.server
        return page_url(tunnel.shown.local_port, tunnel.found.token, server.path)

    async def close(self, name: str) -> None:
        """Close a tunnel and forget it; again without harm."""
        tunnel = self._live.pop(name, None)
        if tunnel:
            await tunnel.aclose("closed")
            self._publish()

    async def close_all(self, cluster: str | None = None) -> None:
        """Close the tunnels of a cluster, or all."""
        names = [name for name, one in self._live.items() if cluster in (None, one.shown.cluster)]
        await asyncio.gather(*(self.close(name) for name in names))

    async def settle(self, snapshot: Snapshot) -> None:
        """Close the tunnels whose job has ended: there is nothing behind them any more."""
        ended = {job.key for job in snapshot.jobs if job.state.finished}
        for tunnel in list(self._live.values()):
            shown = tunnel.shown
            if (
                shown.cluster == snapshot.cluster
                and shown.job in ended
                and shown.state is not TunnelState.DOWN
            ):
                await tunnel.aclose("its job has ended")

    async def _server(self, session: ClusterSession, job: str) -> Found:
        await session.connection()
        if job not in session.watcher.servers:
            await session.watcher.fresh()
        found = session.watcher.servers.get(job)
        if found:
            return found
        seen = session.watcher.job(job)
        if seen is None:
            raise TunnelError(
                f"The scheduler knows no job {job}", "It may have ended long ago; start another with n."
            )
        if seen.state is JobState.RUNNING:
            raise TunnelError(
                f"Job {seen.id} runs no Jupyter server that can be found",
                "Its server may still be starting (look at its log with l), or it was not started by jupystra.",
            )
        raise TunnelError(
            f"Job {seen.id} is {seen.state.value}: there is no server to connect to", "Start one with n."
        )

    def _publish(self) -> None:
        self._hub.publish(TunnelsChanged(tuple(one.shown for one in self._live.values())))
