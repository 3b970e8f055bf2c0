"""The front end's side of the socket: finds or starts the worker, sends requests, hands on events."""

import asyncio
import itertools
import logging
import os
import site
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from jupystra_tui import __version__, errors, protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.next_steps import (
    How,
    advised,
    advised_event,
    advised_findings,
    no_way,
    subject_of,
)
from jupystra_tui.model import Problem
from jupystra_tui.ownership import ForeignOwner, check_owned, check_peer
from jupystra_tui.paths import runtime_folder, worker_folders

SOCKET = "worker.sock"
R = TypeVar("R", bound=protocol.Outcome)
START_SECONDS = 15.0
AGAIN_SECONDS = 0.2
RESTARTS = "It starts again by itself."

log = logging.getLogger(__name__)


class VersionMismatch(WorkerError):
    """A worker of another version runs; `Client.replace` ends it."""


class NotRunning(WorkerError):
    """There is no worker, and none was to be started."""


class RequestRefused(Exception):
    """The worker answered a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class _Ending(WorkerError):
    """The worker closed the connection before its hello: it was about to end."""


class Client:
    """A connection to the worker. One owner calls `open`, `ask` and `aclose`; events come to `on_event` in order.

    `on_lost` is called once when the worker goes away without being asked to. What `on_event` raises goes to
    `on_error`, which logs it if it is not given, and the next event is read. `how` completes the hints of
    problems.
    """

    def __init__(
        self,
        on_event: Callable[[protocol.Event], object],
        on_lost: Callable[[], object],
        on_error: Callable[[Exception], object] | None = None,
        how: How = no_way,
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
        reader, writer, hello = await _attach(start)
        if hello.protocol != protocol.VERSION:
            writer.close()
            raise VersionMismatch(
                f"A worker of version {hello.program} is running; this is {__version__}",
                "Restart it: its tunnels are opened again, your jobs go on.",
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
        found, _ = await _find()
        if found is None:
            return False
        with suppress(_Ending):
            await _greet(*found, "stop", keep_tunnels)
            await _gone(found.reader)
        found.writer.close()
        return True

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; if the caller is canceled, the worker is told that nobody waits.

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
        """Detach; the worker lives on as long as it has tunnels. A request that waits for its reply fails."""
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
    """Return a problem that the worker told as the error that it was there."""
    named = getattr(errors, problem.kind, None)
    kind = named if isinstance(named, type) and issubclass(named, JupystraError) else JupystraError
    return kind(problem.title, problem.hint, problem.detail, problem.layer)


class Streams(NamedTuple):
    """An open connection to a worker that runs as our user."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def _attach(start: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, protocol.Hello]:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        found, refused = await _find()
        if found is None and start:
            found = await _start()
        if found is None:
            raise NotRunning("No worker is running", "It starts with the dashboard.", "\n".join(refused))
        try:
            return *found, await _greet(*found, "attach")
        except _Ending:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


async def _find() -> tuple[Streams | None, list[str]]:
    """Return the worker that runs as our user, if one does, and why other sockets and folders were passed over.

    Nothing is sent before folder, socket and the process at its other end have been verified.
    """
    folders, refused = worker_folders()
    for folder in folders:
        try:
            return await _connect(folder / SOCKET), refused
        except ForeignOwner as error:
            refused.append(str(error))
        except OSError:
            continue
    return None, refused


async def _connect(path: Path) -> Streams:
    """Connect to a socket of ours; raises ForeignOwner where somebody else made it or serves it, OSError."""
    check_owned(path)
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
    try:
        check_peer(writer.get_extra_info("socket"))
    except OSError:
        writer.close()
        raise
    return Streams(reader, writer)


async def _start() -> Streams:
    log_file = runtime_folder() / "worker.log"
    process = _spawn(log_file)
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    refused: list[str] = []
    while asyncio.get_running_loop().time() < deadline:
        found, refused = await _find()
        if found:
            return found
        if process.poll() == 0:  # an older one still has the lock
            await asyncio.sleep(AGAIN_SECONDS)
            process = _spawn(log_file)
        elif process.poll() is not None:
            break
        await asyncio.sleep(0.02)
    said = "\n".join(filter(None, [*refused, _tail(log_file)]))
    raise WorkerError("The worker does not start", f"Its last words are in {log_file}.", said)


def _spawn(log: Path) -> "subprocess.Popen[bytes]":
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # on a full disk it runs without a log
        descriptor = os.open(os.devnull, os.O_WRONLY)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "jupystra_tui.worker"],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            cwd="/",
            env=_environment(),
        )
    finally:
        os.close(descriptor)


def _environment() -> dict[str, str]:
    """Return ours, in which Python also finds a package that is run from its source tree."""
    tree = str(Path(__file__).resolve().parents[2])
    if tree in map(os.path.abspath, site.getsitepackages()):
        return dict(os.environ)
    paths = [tree, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


async def _greet(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, want: str, keep: bool = False
) -> protocol.Hello:
    writer.write(protocol.frame(protocol.Hello(protocol.VERSION, __version__, os.getpid(), want, keep)))
    try:
        async with asyncio.timeout(START_SECONDS):
            return protocol.read_hello(await protocol.read_frame(reader, protocol.HELLO_LIMIT))
    except (EOFError, ValueError, TimeoutError, msgspec.MsgspecError) as error:
        writer.close()
        kind = _Ending if isinstance(error, EOFError) else WorkerError
        raise kind("The worker does not answer", "Run `jupystra worker stop` and try again.") from error


async def _gone(reader: asyncio.StreamReader) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await reader.read()
    except TimeoutError as error:
        raise WorkerError(
            "The worker does not end", "Its process id is in worker.lock beside its log: end it by hand."
        ) from error


def _tail(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-4000:]
    except OSError:
        return ""
