"""Passes each request of a front end to the function that answers it."""

import asyncio

from jupystra_tui import protocol
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.event_hub import EventHub, Listener
from jupystra_tui.worker.file_writer import FileWriter
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.handlers.job_handlers import JobHandlers
from jupystra_tui.worker.handlers.launch_handlers import LaunchHandlers
from jupystra_tui.worker.handlers.session_handlers import SessionHandlers
from jupystra_tui.worker.handlers.site_handlers import SiteHandlers
from jupystra_tui.worker.handlers.tunnel_handlers import TunnelHandlers
from jupystra_tui.worker.open_prompts import OpenPrompts
from jupystra_tui.worker.sessions import Sessions
from jupystra_tui.worker.state_files import RecentClusters
from jupystra_tui.worker.tunnels import TunnelSupervisor


class Dispatcher:
    """Owns everything in the worker, and answers requests; `stopping` is set by a `Stop`."""

    def __init__(self, folders: Folders) -> None:
        self.hub = EventHub()
        self.stopping = asyncio.Event()
        self.tunnels = TunnelSupervisor(self.hub, folders)
        self._writer = FileWriter()
        recent = RecentClusters(folders.state / "recent.json", self._writer)
        prompts = OpenPrompts(self.hub)
        self._sessions = Sessions(folders, self.hub, self.tunnels, prompts, recent)
        self.handlers: Handlers = {
            protocol.Stop: self._stop,
            **SessionHandlers(self._sessions, prompts, recent).table,
            **JobHandlers(self._sessions).table,
            **LaunchHandlers(self._sessions, self.tunnels, self.hub, recent).table,
            **TunnelHandlers(self._sessions, self.tunnels).table,
            **SiteHandlers(self._sessions, self.tunnels, folders).table,
        }

    @property
    def busy(self) -> bool:
        """Whether the worker must not end with the last front end."""
        return self.tunnels.wanted > 0 or self._sessions.busy

    def restore(self) -> None:
        """Open the tunnels that were wanted when the last worker ended."""
        self._sessions.restore()

    def forget_tunnels(self) -> None:
        """Let the next worker open none of the tunnels again."""
        self.tunnels.forget()

    async def serve(self, body: protocol.Body, listener: Listener) -> protocol.Outcome:
        """Answer a request of the front end behind `listener`; raises JupystraError for the user to read."""
        if isinstance(body, protocol.Attention):
            return self._attend(listener, body.looking)
        return await self.handlers[type(body)](body)

    async def aclose(self) -> None:
        """Close everything, tunnels first; jobs continue, and the next worker reopens the wanted tunnels."""
        await self._sessions.cancel_tasks()
        await self.tunnels.aclose()
        await self._sessions.aclose()
        await self._writer.aclose()

    def _attend(self, listener: Listener, looking: bool) -> protocol.Done:
        self.hub.attend(listener, looking)
        if looking:
            self._sessions.refresh_all()
        return protocol.Done()

    async def _stop(self, body: protocol.Stop) -> protocol.Done:
        self.tunnels.forget()
        self.stopping.set()
        return protocol.Done()
