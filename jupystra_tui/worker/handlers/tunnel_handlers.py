"""Requests about tunnels: open, close, reopen, the URL, and the connect script."""

from jupystra_tui import protocol
from jupystra_tui.worker.connect_scripts import write_script
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.server_lookup import find_server
from jupystra_tui.worker.sessions import Sessions
from jupystra_tui.worker.tunnels import TunnelSupervisor


class TunnelHandlers:
    """Answers requests about tunnels."""

    def __init__(self, sessions: Sessions, tunnels: TunnelSupervisor) -> None:
        self._sessions = sessions
        self._tunnels = tunnels

    @property
    def table(self) -> Handlers:
        """The handlers by request type."""
        return {
            protocol.Connect: self._connect,
            protocol.Disconnect: self._disconnect,
            protocol.Reconnect: self._reconnect,
            protocol.GetUrl: self._url,
            protocol.MakeScript: self._make_script,
        }

    async def _connect(self, body: protocol.Connect) -> protocol.Connected:
        session = self._sessions.for_action(body.cluster)
        return protocol.Connected(await self._tunnels.connect(session, body.job, body.local_port))

    async def _disconnect(self, body: protocol.Disconnect) -> protocol.Done:
        await self._tunnels.close(body.tunnel)
        return protocol.Done()

    async def _reconnect(self, body: protocol.Reconnect) -> protocol.Connected:
        self._tunnels.get(body.tunnel).session.nudge()
        return protocol.Connected(await self._tunnels.reconnect(body.tunnel))

    async def _url(self, body: protocol.GetUrl) -> protocol.Url:
        return protocol.Url(self._tunnels.url(body.tunnel))

    async def _make_script(self, body: protocol.MakeScript) -> protocol.ScriptMade:
        session = self._sessions.for_action(body.cluster)
        found = await find_server(session, body.job)
        return protocol.ScriptMade(str(await write_script(session, found)))
