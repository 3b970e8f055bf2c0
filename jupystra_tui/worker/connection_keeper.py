"""Keeps the connection of one session: connects, and reconnects after each break."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from jupystra_tui.errors import AuthError, ConnectError, JupystraError, NoAnswer, NotSent, SchedulerError
from jupystra_tui.model import Action, Layer, Problem, SessionPhase
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.shell import SessionEnded
from jupystra_tui.ssh.startup_files import StartupFilesHang
from jupystra_tui.ssh.tcp import has_route
from jupystra_tui.worker.cluster_login import ClusterLogin
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.session_role import SessionRole
from jupystra_tui.worker.site_discovery import Site, discover, settle_in
from jupystra_tui.worker.sleep_watch import SleepWatch

CONNECTION_SECONDS = 60.0
NOT_RETRIED = "Try to log in again; if it fails again, try `ssh` to it."

log = logging.getLogger(__name__)


class ConnectionKeeper:
    """`start` begins to connect, `aclose` ends it. `on_up` is called each time the connection is ready.

    `on_answer` is called when a silent login node answers again. `site` is None before the first login.
    """

    def __init__(
        self,
        session: SessionRole,
        login: ClusterLogin,
        sleep: SleepWatch,
        on_up: Callable[[], None],
        on_answer: Callable[[], None],
    ) -> None:
        self.site: Site | None = None
        self.up = asyncio.Event()
        self._session = session
        self._login = login
        self._sleep = sleep
        self._on_up = on_up
        self._on_answer = on_answer
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether it is connected or tries to connect."""
        return self._task is not None and not self._task.done()

    @property
    def online(self) -> bool:
        """Whether this laptop has a route to the last known address of the login node."""
        return has_route(self._login.addresses)

    def start(self, attended: bool) -> None:
        """Connect, and reconnect after each break; without `attended` nothing is asked before a user is there."""
        self._task = asyncio.create_task(self._run(attended))

    async def connection(self) -> Connection:
        """Return the live connection, waiting up to a minute for one; raises NotSent with the reason."""
        deadline = time.monotonic() + CONNECTION_SECONDS
        while (left := deadline - time.monotonic()) > 0 and self.running:
            await self._unless_ended(self.up.wait(), left)
            connection = self._connection
            if connection is None or not self.up.is_set():
                continue
            if connection.alive:
                return connection
            await self._unless_ended(connection.lost.wait(), left)
            if connection is self._connection:
                self.up.clear()
        problem = self._session.shown.problem or Problem(
            f"Not connected to {self._session.cluster.name}",
            "Log in and try again.",
            next_action=Action.LOG_IN,
        )
        raise NotSent(problem.title, problem.hint, problem.detail, problem.layer, problem.next_action)

    async def answers(self) -> bool:
        """Return whether the session is connected and the login node answers now."""
        connection = self._connection
        return connection is not None and self.up.is_set() and await connection.answers()

    async def aclose(self) -> None:
        """Disconnect. Idempotent."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _unless_ended(self, event: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Wait for an event, for the end of the session, or for so many seconds."""
        waiting = asyncio.ensure_future(event)
        try:
            await asyncio.wait(
                {waiting, *filter(None, [self._task])}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiting.cancel()

    async def _run(self, attended: bool) -> None:
        """Stay connected until an error needs the user; every error is shown."""
        unsubscribe = self._sleep.subscribe(self._woke)
        try:
            await self._stay_connected(attended)
        except JupystraError as error:
            problem = problem_of(error)
            if isinstance(error, AuthError):
                problem = msgspec.structs.replace(problem, layer=Layer.LOGIN_REFUSED)
            self._session.show(phase=SessionPhase.DOWN, problem=problem)
        except Exception as error:
            log.exception("the session with %s ended", self._session.cluster.name)
            self._session.show(phase=SessionPhase.DOWN, problem=internal_error(error))
        finally:
            unsubscribe()
            self._login.settle()

    def _woke(self) -> None:
        """Check the connection, or reconnect, at once: the laptop woke up."""
        if self._connection:
            self._connection.check()
        self._login.hurry()

    async def _stay_connected(self, attended: bool) -> None:
        """Connect, and again whenever the connection breaks, unless the user is needed."""
        first = attended
        connected_before = False
        while True:
            connection = self._connection = await (self._login.first() if first else self._login.again())
            connection.on_silence = self._silent
            try:
                await self._prepare(connection, first and not connected_before)
                connected_before = True
                await connection.lost.wait()
            except ConnectError as error:
                if first and not connected_before:
                    raise of_first_login(error) from error
                await self._login.rest(error)
            finally:
                self.up.clear()
                self._connection = None
                await connection.aclose()
            first = False

    async def _prepare(self, connection: Connection, first: bool) -> None:
        """Prepare the connection; one that lives is kept while the login node is slow to answer."""
        while True:
            try:
                self.site = await self._discovered(connection)
                break
            except ConnectError as error:
                if first or not connection.alive:
                    raise
                await self._login.rest(error)
        self._login.settle()
        self.up.set()
        self._on_up()

    async def _discovered(self, connection: Connection) -> Site:
        """Return what is known about the login node; while the scheduler does not answer, what was known before."""
        try:
            return await discover(connection, self._session.cluster)
        except SchedulerError:
            if self.site is None:
                raise
            await settle_in(connection, self.site)
            return self.site

    def _silent(self, since: float) -> None:
        self._session.show(silent=since)
        if not since:
            self._on_answer()


def of_first_login(error: ConnectError) -> ConnectError:
    """Return an error as one of the first login, after which nothing is retried."""
    if isinstance(error, (NotSent, NoAnswer)) and not isinstance(error, (SessionEnded, StartupFilesHang)):
        return ConnectError(error.title, NOT_RETRIED, error.detail, error.layer)
    return error
