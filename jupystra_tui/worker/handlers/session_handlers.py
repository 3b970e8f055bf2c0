"""Requests about sessions: log in, log out, refresh, prompts, and what was used recently."""

from jupystra_tui import protocol
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh_aliases import aliases
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.open_prompts import OpenPrompts
from jupystra_tui.worker.sessions import Sessions
from jupystra_tui.worker.state_files import RecentClusters


class SessionHandlers:
    """Answers requests about sessions."""

    def __init__(self, sessions: Sessions, prompts: OpenPrompts, recent: RecentClusters) -> None:
        self._sessions = sessions
        self._prompts = prompts
        self._recent = recent

    @property
    def table(self) -> Handlers:
        """The handlers by request type."""
        return {
            protocol.Login: self._log_in,
            protocol.Logout: self._log_out,
            protocol.Refresh: self._refresh,
            protocol.Answer: self._answer,
            protocol.ListHosts: self._list_hosts,
            protocol.ListRecent: self._list_recent,
        }

    async def _log_in(self, body: protocol.Login) -> protocol.Done:
        await self._sessions.log_in(body)
        return protocol.Done()

    async def _log_out(self, body: protocol.Logout) -> protocol.Done:
        await self._sessions.log_out(body.cluster)
        return protocol.Done()

    async def _refresh(self, body: protocol.Refresh) -> protocol.Done:
        self._sessions.for_action(body.cluster).watcher.refresh(facts=True)
        return protocol.Done()

    async def _answer(self, body: protocol.Answer) -> protocol.Done:
        self._prompts.answer(body)
        return protocol.Done()

    async def _list_hosts(self, body: protocol.ListHosts) -> protocol.Hosts:
        return protocol.Hosts(await in_thread(aliases, body.ssh_config))

    async def _list_recent(self, body: protocol.ListRecent) -> protocol.Recent:
        return self._recent.listed
