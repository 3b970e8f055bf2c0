"""All tunnels: opened, watched, opened again, closed."""

import asyncio
import itertools
import time

from jupystra_tui.errors import JupystraError, NoServerError, TunnelError
from jupystra_tui.jupyter.look import Found
from jupystra_tui.model import JobState, Tunnel, TunnelState
from jupystra_tui.model.address import page_url
from jupystra_tui.protocol import TunnelsChanged
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.text import Secret
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.live import LiveTunnel
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.state import Ports

FIRST_PORT = 8888
PORTS_TRIED = 50
OVER = "its job has ended"


class TunnelSupervisor:
    """Owns every tunnel."""

    def __init__(self, hub: Hub, folders: Folders) -> None:
        self._hub = hub
        self._folders = folders
        self._ports = Ports(folders.state / "ports.json")
        self._numbers = itertools.count(1)
        self._live: dict[str, LiveTunnel] = {}
        self._trying: set[str] = set()

    @property
    def open(self) -> int:
        """How many tunnels are up or on their way."""
        return sum(tunnel.shown.state is not TunnelState.DOWN for tunnel in self._live.values())

    def find(self, cluster: str, job: str) -> LiveTunnel | None:
        """Return the tunnel to a job, whatever its state."""
        return next(
            (one for one in self._live.values() if (one.shown.cluster, one.shown.job) == (cluster, job)), None
        )

    def nodes(self, cluster: str) -> frozenset[str]:
        """Return the nodes of a cluster that tunnels are open to."""
        shown = (one.shown for one in self._live.values())
        return frozenset(one.node for one in shown if one.cluster == cluster and one.ready)

    def get(self, name: str) -> LiveTunnel:
        """Return the tunnel of that id; raises TunnelError."""
        if name not in self._live:
            raise TunnelError("That tunnel is closed", "Press enter on its job to open another.")
        return self._live[name]

    async def reach(
        self, session: ClusterSession, job: str, name: str, node: str, relay: int = 0, attended: bool = True
    ) -> LiveTunnel:
        """Begin to open a tunnel to a job's node, before its server is up; one that is open is found.

        `relay` is a port of the login node to pass through, the one that it had before if there was one; 0 is none.
        `attended` is whether a person may be asked.
        """
        old = self.find(session.cluster.name, job)
        if old and old.shown.state is not TunnelState.DOWN and old.shown.node == node:
            return old
        if old:
            await old.aclose("opening again")
        number = old.shown.id if old else str(next(self._numbers))
        shown = Tunnel(number, session.cluster.name, job, name, node, TunnelState.OPENING, since=time.time())
        port, relay = (old.shown.local_port, relay or old.relay) if old else (0, relay)
        fresh = LiveTunnel(session, shown, self._folders, port, relay, attended, self._publish)
        fresh.failures = old.failures if old else 0
        self._live[number] = fresh
        self._publish()
        return fresh

    async def connect(self, session: ClusterSession, job: str, wanted: int = 0, attended: bool = True) -> str:
        """Return the id of a ready tunnel to the job's server, at port `wanted` of the laptop unless that is 0.

        `attended` is whether a person may be asked. Raises TunnelError, ConnectError, GivenUp.
        """
        found = await self.server(session, job)
        shown = session.watcher.job(job)
        name = shown.name if shown else job
        tunnel = await self.reach(session, job, name, found.server.node, attended=attended)
        await self.finish(tunnel, found, wanted)
        return tunnel.shown.id

    async def finish(self, tunnel: LiveTunnel, found: Found, wanted: int = 0) -> None:
        """Forward a local port to the server and wait until it answers; on failure the tunnel is shown as down.

        `wanted` is that port or an error; 0 is the one that the job had before, 8888 at first, or the next free one.
        """
        cluster, job = tunnel.shown.cluster, tunnel.shown.job
        before = tunnel.shown.local_port or tunnel.port or self._ports.get(cluster, job) or FIRST_PORT
        ports = range(wanted, wanted + 1) if wanted else range(before, min(before + PORTS_TRIED, 65536))
        await tunnel.attach(found, ports)
        self._ports.put(cluster, job, tunnel.shown.local_port)

    async def reconnect(self, name: str, attended: bool = True) -> str:
        """Open a tunnel again, on the same local port if it is still free; the queue tells where its server is now."""
        tunnel = self.get(name)
        await tunnel.aclose("opening again")
        try:
            await tunnel.session.connection()
            await tunnel.session.watcher.fresh()
            return await self.connect(tunnel.session, tunnel.shown.job, attended=attended)
        except JupystraError as error:
            self._live.get(name, tunnel).fail(error)
            raise

    async def reopen(self, session: ClusterSession) -> None:
        """After a break: open again what the break took down."""
        for tunnel in [one for one in self._live.values() if one.session is session and one.broken]:
            await self._try_again(tunnel)

    async def settle(self, session: ClusterSession) -> None:
        """After a look at the queue: close what is over, follow servers that moved, try again what broke."""
        jobs = session.watcher.snapshot.jobs
        ended = {job.key for job in jobs if job.state.finished or job.state is JobState.ENDING}
        for tunnel in [one for one in self._live.values() if one.session is session]:
            found = session.watcher.servers.get(tunnel.shown.job)
            if tunnel.shown.job in ended:
                if tunnel.shown.reason != OVER:
                    await tunnel.aclose(OVER)
            elif found and (tunnel.due or (tunnel.found and tunnel.found.server != found.server)):
                await self._try_again(tunnel)

    async def _try_again(self, tunnel: LiveTunnel) -> None:
        name = tunnel.shown.id
        if name in self._trying:
            return
        self._trying.add(name)
        try:
            await self.reconnect(name, attended=False)
        except JupystraError:
            pass  # it is shown as down, with the reason
        finally:
            self._trying.discard(name)

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

    async def server(self, session: ClusterSession, job: str) -> Found:
        """Return the job's server as it is now; raises TunnelError where none is to be found."""
        await session.connection()
        if job not in session.watcher.servers:
            await session.watcher.fresh()
        found = session.watcher.servers.get(job)
        if found:
            return found
        seen = session.watcher.job(job)
        if seen is None:
            raise NoServerError(
                f"The scheduler knows no job {job}", "It may have ended long ago; start another."
            )
        if seen.state is JobState.RUNNING:
            raise NoServerError(
                f"Job {seen.id} runs no Jupyter server that can be found",
                "Its server may still be starting (its log tells), or it was not started by jupystra.",
            )
        raise NoServerError(
            f"Job {seen.id} is {seen.state.value}: there is no server to connect to",
            "It is there as soon as the job runs; where the job is over, start another.",
        )

    def _publish(self) -> None:
        self._hub.publish(TunnelsChanged(tuple(one.shown for one in self._live.values())))
