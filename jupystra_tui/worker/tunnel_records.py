"""What is kept of tunnels in files: which are wanted, and the local port of each job."""

from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.local_port import LocalPort
from jupystra_tui.ssh.route import bind_free_port, bind_port
from jupystra_tui.worker.file_writer import FileWriter
from jupystra_tui.worker.state_files import LocalPorts
from jupystra_tui.worker.tunnel_actor import TunnelActor
from jupystra_tui.worker.wanted_tunnels import WantedTunnel, WantedTunnels

FIRST_PORT = 8888
PORTS_TRIED = 50


class TunnelRecords:
    """Owns the files of wanted tunnels and of local ports."""

    def __init__(self, folders: Folders) -> None:
        self._writer = FileWriter()
        self._ports = LocalPorts(folders.state / "ports.json", self._writer)
        self._wanted = WantedTunnels(folders.state / "wanted.json", self._writer)

    def load(self) -> tuple[WantedTunnel, ...]:
        """Return the tunnels that were wanted when the last worker ended."""
        return self._wanted.load()

    def bind(self, cluster: str, job: str, wanted: int, before: int = 0) -> LocalPort:
        """Bind port `wanted`; for 0 `before`, else the port that the job had, else the first free one from 8888 on."""
        if wanted:
            return bind_port(wanted)
        first = before or self._ports.get(cluster, job) or FIRST_PORT
        return bind_free_port(range(first, min(first + PORTS_TRIED, 65536)))

    def keep(self, actor: TunnelActor) -> None:
        """Record a wanted tunnel and its port."""
        shown = actor.shown
        self._ports.put(shown.cluster, shown.job, shown.local_port)
        self._wanted.put(
            WantedTunnel(
                actor.session.cluster, shown.job, shown.name, shown.local_port, actor.relay, actor.since
            )
        )

    def remove(self, actor: TunnelActor) -> None:
        """Record that a tunnel is no longer wanted. Idempotent."""
        self._wanted.remove(actor.shown.cluster, actor.shown.job)

    async def aclose(self) -> None:
        """Wait until the files are written, with a limit. Idempotent."""
        await self._writer.aclose()
