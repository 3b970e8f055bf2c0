"""Requests about jobs: kill them, read their logs."""

from jupystra_tui import protocol
from jupystra_tui.worker import job_kills
from jupystra_tui.worker.handlers.handler import Handlers
from jupystra_tui.worker.launch_commands import read_log
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
        return await job_kills.plan(self._sessions.for_action(body.cluster), body.ids)

    async def _kill(self, body: protocol.Cancel) -> protocol.Killed:
        return await job_kills.kill(self._sessions.for_action(body.cluster), body.parts)

    async def _read_log(self, body: protocol.ReadLog) -> protocol.LogRead:
        session = self._sessions.get(body.cluster)
        return protocol.LogRead(*await read_log(session, body.job, body.limit))
