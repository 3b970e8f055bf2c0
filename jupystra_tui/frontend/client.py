"""The front end's side of the socket: sends requests, hands on events."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from jupystra_tui import __version__, errors, protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.next_steps import (
    How,
    advised,
    advised_event,
    advised_findings,
    no_instruction,
    subject_of,
)
from jupystra_tui.frontend.worker_process import WorkerEnding, attach, find, greet, wait_until_gone
from jupystra_tui.model import Problem

R = TypeVar("R", bound=protocol.Outcome)
RESTARTS = "It starts again by itself."

log = logging.getLogger(__name__)


class VersionMismatch(WorkerError):
    """A worker of another version runs; `Client.replace` ends it."""


class RequestRefused(Exception):
    """The worker answered a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class Client:
    """A connection to the worker. One owner calls `open`, `request` and `aclose`; events come to `on_event` in order.

    `on_lost` is called once when the worker goes away without being asked to. What `on_event` raises goes to
    `on_error`, which logs it if it is not given, and the next event is read. `how` completes the hints of
    problems.
    """

    def __init__(
        self,
        on_event: Callable[[protocol.Event], object],
        on_lost: Callable[[], object],
        on_error: Callable[[Exception], object] | None = None,
        how: How = no_instruction,
    ) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
        self._on_error = on_error or _log_error
        self._how = how
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[protocol.Outcome]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether requests can be sent."""
        return self._reading is not None and not self._reading.done()

    async def open(self, *, start: bool = True) -> None:
        """Attach to the running worker, or start one.

        Raises WorkerError; VersionMismatch for a worker of another version.
        """
        reader, writer, hello = await attach(start)
        if hello.protocol != protocol.VERSION:
            writer.close()
            raise VersionMismatch(
                f"A worker of version {hello.program} is running; this is {__version__}",
                "Restart it: its tunnels are reopened, and your jobs continue.",
            )
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))

    async def replace(self) -> None:
        """End a worker of another version and attach to a new one."""
        await self.stop_running(keep_tunnels=True)
        await self.open()

    async def stop_running(self, *, keep_tunnels: bool = False) -> bool:
        """End the running worker, of whichever version; returns whether there was one.

        With `keep_tunnels` the next worker opens its tunnels again.
        """
        found, _ = await find()
        if found is None:
            return False
        with suppress(WorkerEnding):
            await greet(*found, "stop", keep_tunnels)
            await wait_until_gone(found.reader)
        found.writer.close()
        return True

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; if the caller is canceled, the worker stops the request.

        Raises JupystraError with the worker's words; WorkerError if it is gone.
        """
        try:
            outcome = await self._outcome(body)
        except RequestRefused as error:
            raise error_of(advised(error.problem, self._how, subject_of(body))) from None
        if isinstance(outcome, protocol.Diagnosed):
            findings = advised_findings(outcome.findings, self._how, subject_of(body))
            outcome = protocol.Diagnosed(findings)
        if not isinstance(outcome, protocol.outcome_type(body)):
            raise WorkerError(
                f"The worker answered {type(body).__name__} with {type(outcome).__name__}",
                "Please report this bug.",
            )
        return outcome

    async def _outcome(self, body: Any) -> protocol.Outcome:
        if not self.connected or self._writer is None:
            raise WorkerError("The worker is not running", "It starts again by itself; try once more.")
        number = next(self._numbers)
        future: asyncio.Future[protocol.Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._writer.write(protocol.frame(protocol.Request(number, body)))
            return await future
        except asyncio.CancelledError:
            if self.connected and self._writer is not None:
                self._writer.write(protocol.frame(protocol.CancelRequest(number)))
            raise
        finally:
            self._waiting.pop(number, None)

    async def aclose(self) -> None:
        """Detach; the worker continues as long as it has tunnels. A request that waits for its reply fails."""
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        self._fail_waiting(WorkerError("The connection to the worker was closed", "Try again."))
        if self._writer:
            self._writer.close()
            self._writer = None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                self._take(protocol.read_answer(await protocol.read_frame(reader)))
        except (EOFError, ValueError, msgspec.MsgspecError):
            pass  # it ended, or it is no worker
        except Exception as error:
            self._on_error(error)
        self._fail_waiting(WorkerError("The worker ended", RESTARTS))
        self._on_lost()

    def _take(self, message: protocol.Reply | protocol.Notice) -> None:
        try:
            if isinstance(message, protocol.Reply):
                self._settle(message)
            else:
                self._on_event(advised_event(message.event, self._how))
        except Exception as error:
            self._on_error(error)

    def _settle(self, reply: protocol.Reply) -> None:
        future = self._waiting.get(reply.id)
        if future is None or future.done():
            return
        if reply.problem:
            future.set_exception(RequestRefused(reply.problem))
        else:
            future.set_result(reply.body or protocol.Done())

    def _fail_waiting(self, error: WorkerError) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(error)


def _log_error(error: Exception) -> None:
    log.error("an event of the worker could not be handled", exc_info=error)


def error_of(problem: Problem) -> JupystraError:
    """Return a problem that the worker reported as the error that it was there."""
    named = getattr(errors, problem.kind, None)
    kind = named if isinstance(named, type) and issubclass(named, JupystraError) else JupystraError
    return kind(problem.title, problem.hint, problem.detail, problem.layer)
