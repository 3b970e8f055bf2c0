"""Requests about jobs: kill them, read their logs."""

import secrets

from jupystra_tui import protocol
from jupystra_tui.jupyter.folder import log_script, parse_log
from jupystra_tui.ssh.command_output import LOG, Script
from jupystra_tui.worker import kills
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.sessions import Sessions


class JobHandlers:
    """Answers requests about jobs."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @property
    def table(self) -> Handlers:
        """The handlers by request type."""
        return {
            protocol.PlanKill: self._plan_kill,
            protocol.Cancel: self._kill,
            protocol.ReadLog: self._read_log,
        }

    async def _plan_kill(self, body: protocol.PlanKill) -> protocol.KillPlan:
        return await kills.plan(self._sessions.for_action(body.cluster), body.ids)

    async def _kill(self, body: protocol.Cancel) -> protocol.Killed:
        return await kills.kill(self._sessions.for_action(body.cluster), body.parts)

    async def _read_log(self, body: protocol.ReadLog) -> protocol.LogRead:
        mark = secrets.token_hex(8)
        connection = await self._sessions.get(body.cluster).connection()
        result = await connection.run_on_second_shell(Script(log_script(body.job, mark, body.limit), LOG))
        return protocol.LogRead(*(parse_log(result.out, mark) or ("", "")))
