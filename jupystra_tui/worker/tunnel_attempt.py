"""One attempt to open a tunnel: its route, the forward to its job's server, and the checks of that server."""

import time
from collections.abc import Callable

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import ConnectError, TunnelError
from jupystra_tui.model import SessionPhase, TunnelState
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_errors import connection_ended
from jupystra_tui.ssh.route import Route
from jupystra_tui.worker.local_forward import LocalForward
from jupystra_tui.worker.node_route import hosts, open_route
from jupystra_tui.worker.problems import problem_of
from jupystra_tui.worker.server_check import ServerCheck
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnel_failure import TunnelFailure
from jupystra_tui.worker.tunnel_status import TunnelStatus, waiting_for
from jupystra_tui.worker.tunnel_target import TunnelTarget

STEADY_SECONDS = 5.0


class TunnelAttempt:
    """Opens a tunnel and keeps it open; `run` raises what ended that. The caller releases the forward."""

    def __init__(
        self,
        session: ClusterSession,
        target: TunnelTarget,
        status: TunnelStatus,
        forward: LocalForward,
        failure: TunnelFailure,
        folders: Folders,
    ) -> None:
        self._session = session
        self._target = target
        self._status = status
        self._forward = forward
        self._failure = failure
        self._folders = folders
        self._answered = False

    async def run(self) -> None:
        """Open the tunnel and serve; raises JupystraError."""
        await self._forward.bind(self._status.tunnel.local_port)
        await self._until_session()
        await self._until(lambda: bool(self._status.tunnel.node))
        connection = await self._session.connection()
        node, relay = self._status.tunnel.node, self._target.relay
        self._status.show(TunnelState.CONNECTING, route=hosts(self._session, node, relay))
        route = self._forward.route = await open_route(
            self._session, connection, node, relay, self._folders, self._target.attended
        )
        self._status.show(TunnelState.FORWARDING)
        await self._serve(route)

    async def _until_session(self) -> None:
        try:
            while self._session.shown.phase is not SessionPhase.UP:
                self._target.needs_session = True
                state, problem = waiting_for(self._session.shown)
                self._failure.error = ConnectError(problem.title, problem.hint, problem.detail)
                self._status.show(state, reason=problem.title, problem=problem)
                await self._target.woken()
        finally:
            self._target.needs_session = False

    async def _until(self, condition: Callable[[], bool]) -> None:
        if not condition():
            self._status.show(TunnelState.RESOLVING)
        while not condition():
            await self._target.woken()

    async def _serve(self, route: Route) -> None:
        """Forward to the job's server, wherever on the node it listens; raises TunnelError when the route ends."""
        check: ServerCheck | None = None
        while True:
            found = self._target.found
            if found and (check is None or not found.same(check.found)):
                check = await self._forwarded(route, found)
            pause = await self._check(check) if check else None
            await self._target.woken(route.ended, seconds=pause)
            if route.ended.is_set():
                raise connection_ended(self._status.tunnel.node, route.reason)

    async def _forwarded(self, route: Route, found: DiscoveredServer) -> ServerCheck:
        self._answered = False
        dial = await self._forward.forward(route, found.server.port)
        self._status.show(TunnelState.UP, remote_port=found.server.port, since=time.time())
        return ServerCheck(found, dial)

    async def _check(self, check: ServerCheck) -> float:
        """Query the server; returns the seconds until the next check."""
        try:
            changes = await check.ask(self._status.tunnel.local_port)
        except TunnelError as error:
            self._failure.error, problem = error, problem_of(error)
            if self._answered:  # while a server starts, there is nothing to explain
                problem = await self._failure.explain(error)
            self._status.update(ready=False, reason=problem.title, problem=problem)
        else:
            self._failure.error = None
            self._target.attended = False
            self._answered = True
            self._status.update(**{"ready": True, "reason": "", "problem": None, **changes})
            if time.time() - self._status.tunnel.since > STEADY_SECONDS:
                self._target.retries.reset()
        self._status.update(**self._forward.transferred)
        return check.pause(self._status.tunnel.ready)
