"""One wanted tunnel: a task opens it, watches it, and opens it again, until it is closed or its job has ended."""

import asyncio
import logging
import time
from collections.abc import Callable

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.errors import (
    AuthError,
    ConnectError,
    GivenUp,
    HostKeyError,
    JupystraError,
    TunnelError,
)
from jupystra_tui.model import Problem, SessionPhase, Tunnel, TunnelState, same_host
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.identification import ForwardingForbidden
from jupystra_tui.ssh.local_port import LocalPort
from jupystra_tui.ssh.node_errors import NodeRefused, connection_ended
from jupystra_tui.ssh.route import PortTaken, Route
from jupystra_tui.worker.local_forward import LocalForward
from jupystra_tui.worker.node_route import hosts, open_route
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.retries import Retries
from jupystra_tui.worker.server_check import ServerCheck
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.tunnel_problem import explain_tunnel_error
from jupystra_tui.worker.tunnel_status import TunnelStatus, first_of, waiting_for

NEEDS_USER = (GivenUp, AuthError, HostKeyError, ForwardingForbidden, NodeRefused, PortTaken)
"""Errors that no further attempt heals until the user has done something."""
PORT_CHECK_SECONDS = 5.0
STEADY_SECONDS = 5.0

log = logging.getLogger(__name__)


class TunnelActor:
    """A tunnel that is wanted; `start` begins it, `end` and `aclose` stop it. `shown` is what front ends see.

    `port` is the laptop's port, which it holds from the beginning to the end; None where it is not bound yet, or where
    another program has it. `since` is when it was first wanted, in seconds since 1970.
    `relay` is the login node's port that it passes through, 0 for none. `publish` is called at each change. `error` is
    the last thing that went wrong, None where nothing is wrong; `needs_session` is whether it waits for the login;
    `runs` is whether its job was seen running.
    """

    def __init__(
        self,
        session: ClusterSession,
        shown: Tunnel,
        folders: Folders,
        publish: Callable[[], None],
        port: LocalPort | None,
        relay: int = 0,
        since: float = 0.0,
    ) -> None:
        self.session = session
        self.since = since
        self.relay = relay
        self.found: DiscoveredServer | None = None
        self.error: JupystraError | None = None
        self.closed = False
        self.runs = False
        self.needs_session = False
        self._status = TunnelStatus(shown, publish)
        self._folders = folders
        self._attended = False
        self._answered = False
        self._retries = Retries()
        self._forward = LocalForward(port)
        self._wake = asyncio.Event()
        self._again = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def shown(self) -> Tunnel:
        """The tunnel as front ends see it."""
        return self._status.tunnel

    @property
    def port(self) -> LocalPort | None:
        """The laptop's port; None where it is not bound yet, or where another program has it."""
        return self._forward.port

    @property
    def changed(self) -> asyncio.Event:
        """An event that is set at the next change."""
        return self._status.changed

    @property
    def ended(self) -> bool:
        """Whether its job is over."""
        return self.shown.state is TunnelState.ENDED

    def start(self) -> None:
        """Begin to open it."""
        self._task = asyncio.create_task(self._live())

    def attend(self) -> None:
        """The user waits for it: questions may be asked, and nothing keeps it from being tried at once."""
        self._attended = True
        self._retries.reset()
        if self.shown.state in (TunnelState.WAITING, TunnelState.RETRYING):
            self.error = None
            self._status.show(TunnelState.RESOLVING)
        self._wake.set()

    def restart(self) -> None:
        """Close the route to the node and open it again, for a waiting user."""
        self.attend()
        self._status.show(TunnelState.RESOLVING)
        self._again.set()

    def aim(self, node: str, found: DiscoveredServer | None) -> None:
        """Take the node of the job, and its server if that is known; empty and None while it does not run."""
        same = bool(node) and same_host(node, self.shown.node)
        moved = bool(self.shown.node) and not same
        known = found.same(self.found) if found else self.found is None
        if known and not moved and (same or node == self.shown.node):
            return
        self.found = found
        self._status.update(node=self.shown.node if same else node)
        self._retries.reset()
        if moved:
            self._again.set()
        self._wake.set()

    def session_changed(self) -> None:
        """Retry at once if the phase of the session changed."""
        if self.needs_session or self.shown.state is TunnelState.RETRYING:
            self._retries.reset()
            self._wake.set()

    def take_port(self, port: LocalPort) -> None:
        """Use another local port, which is bound already."""
        if not self._forward.use(port):
            self._again.set()  # the old one may still be tried
        self._status.update(local_port=port.number)

    async def end(self, reason: str) -> None:
        """Close it because its job ended, and show the reason."""
        await self._stop()
        self._status.show(TunnelState.ENDED, reason=reason)

    async def aclose(self) -> None:
        """Close it on purpose. Idempotent."""
        self.closed = True
        self._status.wake()
        await self._stop()

    async def _stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._forward.aclose()

    async def _live(self) -> None:
        while True:
            self._again.clear()
            self._wake.clear()
            error = await self._try()
            await self._forward.release()
            if error:
                await self._pause(error)

    async def _try(self) -> Exception | None:
        """Open it and keep it open; returns what ended that, None when it is to be opened again at once."""
        attempt = asyncio.create_task(self._open())
        again = asyncio.create_task(self._again.wait())
        try:
            await asyncio.wait({attempt, again}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            attempt.cancel()
            again.cancel()
            results = await asyncio.gather(attempt, again, return_exceptions=True)
        return results[0] if isinstance(results[0], Exception) and not self._again.is_set() else None

    async def _open(self) -> None:
        await self._forward.bind(self.shown.local_port)
        await self._until_session()
        await self._until(lambda: bool(self.shown.node))
        connection = await self.session.connection()
        node = self.shown.node
        self._status.show(TunnelState.CONNECTING, route=hosts(self.session, node, self.relay))
        route = self._forward.route = await open_route(
            self.session, connection, node, self.relay, self._folders, self._attended
        )
        self._status.show(TunnelState.FORWARDING)
        await self._serve(route)

    async def _until_session(self) -> None:
        try:
            while self.session.shown.phase is not SessionPhase.UP:
                self.needs_session = True
                state, problem = waiting_for(self.session.shown)
                self.error = ConnectError(problem.title, problem.hint, problem.detail)
                self._status.show(state, reason=problem.title, problem=problem)
                await self._woken()
        finally:
            self.needs_session = False

    async def _until(self, condition: Callable[[], bool]) -> None:
        if not condition():
            self._status.show(TunnelState.RESOLVING)
        while not condition():
            await self._woken()

    async def _serve(self, route: Route) -> None:
        """Forward to the job's server, wherever on the node it listens; raises when the route ends."""
        check: ServerCheck | None = None
        while True:
            found = self.found
            if found and (check is None or not found.same(check.found)):
                check = await self._forwarded(route, found)
            pause = await self._check(check) if check else None
            await self._woken(pause, route)

    async def _forwarded(self, route: Route, found: DiscoveredServer) -> ServerCheck:
        self._answered = False
        dial = await self._forward.forward(route, found.server.port)
        self._status.show(TunnelState.UP, remote_port=found.server.port, since=time.time())
        return ServerCheck(found, dial)

    async def _check(self, check: ServerCheck) -> float:
        """Query the server; returns the seconds until the next check."""
        try:
            changes = await check.ask(self.shown.local_port)
        except TunnelError as error:
            self.error, problem = error, problem_of(error)
            if self._answered:  # while a server starts, there is nothing to explain
                problem = await self._explained(error)
            self._status.update(ready=False, reason=problem.title, problem=problem)
        else:
            self.error = None
            self._attended = False
            self._answered = True
            self._status.update(ready=True, reason="", problem=None, **changes)
            if time.time() - self.shown.since > STEADY_SECONDS:
                self._retries.reset()
        self._status.update(**self._forward.transferred)
        return check.pause(self.shown.ready)

    async def _pause(self, error: Exception) -> None:
        """Show why it is not open, and wait until it is time to try again."""
        problem = await self._explained(error)
        if isinstance(error, NEEDS_USER):
            self._attended = False
            self._status.show(TunnelState.WAITING, reason=problem.title, problem=problem)
            await self._woken(PORT_CHECK_SECONDS if isinstance(error, PortTaken) else None)
            return
        seconds = self._retries.next()
        self._status.show(
            TunnelState.RETRYING, reason=problem.title, problem=problem, retry_at=time.time() + seconds
        )
        await self._woken(seconds)

    async def _explained(self, error: Exception) -> Problem:
        """Return why it is not open; an error that needs no user may have its cause in another layer."""
        if isinstance(error, NEEDS_USER):
            self.error = error
            return problem_of(error)
        if isinstance(error, JupystraError):
            problem = await explain_tunnel_error(self.session, self.shown.job, error, ran=self.runs)
            same = problem.layer is error.layer
            self.error = error if same else TunnelError(problem.title, problem.hint, problem.detail)
            return problem
        log.error("a tunnel failed", exc_info=error)
        problem = internal_error(error)
        self.error = TunnelError(problem.title)
        return problem

    async def _woken(self, seconds: float | None = None, route: Route | None = None) -> None:
        """Wait until something has changed, for `seconds` at most; raises TunnelError when the route has ended."""
        await first_of(self._wake, *([route.ended] if route else []), seconds=seconds)
        self._wake.clear()
        if route and route.ended.is_set():
            raise connection_ended(self.shown.node, route.reason)

    def explain(self, reason: str) -> None:
        """Show what it waits for while there is no server to connect to."""
        if self.shown.state is TunnelState.RESOLVING and not self.needs_session:
            self._status.update(reason=reason)
