"""Requests about a site: diagnose it, and set up a key for its compute nodes."""

from jupystra_tui import protocol
from jupystra_tui.ssh import node_login_key
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.doctor.diagnosis import examine_laptop, examine_site
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.node_files import login_key
from jupystra_tui.worker.sessions import Sessions
from jupystra_tui.worker.tunnels import TunnelSupervisor


class SiteHandlers:
    """Answers requests about a site."""

    def __init__(self, sessions: Sessions, tunnels: TunnelSupervisor, folders: Folders) -> None:
        self._sessions = sessions
        self._tunnels = tunnels
        self._folders = folders

    @property
    def table(self) -> Handlers:
        """The handlers by request type."""
        return {protocol.Diagnose: self._diagnose, protocol.NodeKey: self._node_key}

    async def _diagnose(self, body: protocol.Diagnose) -> protocol.Diagnosed:
        cluster, folders = body.cluster, self._folders
        if body.side == "laptop":
            session = self._sessions.find(cluster.name)
            return protocol.Diagnosed(await examine_laptop(cluster, body.agent, folders, session))
        open_nodes = self._tunnels.nodes(cluster.name)
        return protocol.Diagnosed(await examine_site(self._sessions.get(cluster.name), folders, open_nodes))

    async def _node_key(self, body: protocol.NodeKey) -> protocol.KeyPlan:
        connection = await self._sessions.get(body.cluster).connection()
        user, host = connection.endpoint.user, connection.endpoint.place
        key = login_key(connection, self._folders)
        if body.step == "make" and not key.exists():
            await node_login_key.make(connection, key)
        elif body.step == "remove" and key.exists():
            await node_login_key.remove(connection, key)
        return protocol.KeyPlan(key.exists(), node_login_key.plan(key, user, host))
