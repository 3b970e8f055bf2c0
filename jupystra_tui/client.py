"""The front end's side of the socket: finds or starts the worker, sends requests, hands on events."""

import asyncio
import itertools
import os
import site
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from jupystra_tui import __version__, errors, protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.model import Problem
from jupystra_tui.paths import runtime_folder, runtime_folders

SOCKET = "worker.sock"
R = TypeVar("R", bound=protocol.Outcome)
START_SECONDS = 15.0
AGAIN_SECONDS = 0.2


class VersionMismatch(WorkerError):
    """A worker of another version runs; `Client.replace` ends it."""


class NotRunning(WorkerError):
    """There is no worker, and none was to be started."""


class _Parting(WorkerError):
    """The worker hung up before it said hello: it was on its way out."""


class Client:
    """A connection to the worker. One owner calls `open`, `ask` and `aclose`; events come to `on_event` in order.

    `on_lost` is called once when the worker goes away without being asked to.
    """

    def __init__(self, on_event: Callable[[protocol.Event], object], on_lost: Callable[[], object]) -> None:
        self._on_event = on_event
        self._on_lost = on_lost
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
                "Restart it: its tunnels close, your jobs go on.",
            )
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))

    async def replace(self) -> None:
        """End a worker of another version and attach to a new one."""
        await self.stop_running()
        await self.open()

    async def stop_running(self) -> bool:
        """End the running worker, of whichever version; returns whether there was one."""
        found = await _find()
        if found is None:
            return False
        with suppress(_Parting):
            await _greet(*found, "stop")
            await _gone(found[0])
        found[1].close()
        return True

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome.

        Raises JupystraError with the worker's words; WorkerError if it is gone.
        """
        outcome = await self._outcome(body)
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
        finally:
            self._waiting.pop(number, None)

    async def aclose(self) -> None:
        """Detach; the worker lives on as long as it has tunnels."""
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if self._writer:
            self._writer.close()
            self._writer = None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                message = protocol.read_answer(await protocol.read_frame(reader))
                if isinstance(message, protocol.Reply):
                    self._settle(message)
                else:
                    self._on_event(message.event)
        except (EOFError, ValueError, msgspec.MsgspecError):
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(WorkerError("The worker ended", "It starts again by itself."))
            self._on_lost()

    def _settle(self, reply: protocol.Reply) -> None:
        future = self._waiting.get(reply.id)
        if future is None or future.done():
            return
        if reply.problem:
            future.set_exception(error_of(reply.problem))
        else:
            future.set_result(reply.body or protocol.Done())


def error_of(problem: Problem) -> JupystraError:
    """Return a problem that the worker told as the error that it was there."""
    kind = getattr(errors, problem.kind, JupystraError)
    return kind(problem.title, problem.hint, problem.detail)


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _attach(start: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, protocol.Hello]:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        found = await _find() or (await _start() if start else None)
        if found is None:
            raise NotRunning("No worker is running", "It starts with the dashboard.")
        try:
            return *found, await _greet(*found, "attach")
        except _Parting:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


async def _find() -> Streams | None:
    for folder in runtime_folders():
        try:
            return await asyncio.open_unix_connection(str(folder / SOCKET), limit=1 << 20)
        except OSError:
            continue
    return None


async def _start() -> Streams:
    log = runtime_folder() / "worker.log"
    process = _spawn(log)
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        found = await _find()
        if found:
            return found
        if process.poll() == 0:  # an older one was still on its way out
            await asyncio.sleep(AGAIN_SECONDS)
            process = _spawn(log)
        elif process.poll() is not None:
            break
        await asyncio.sleep(0.02)
    raise WorkerError("The worker does not start", f"Its last words are in {log}.", _tail(log))


def _spawn(log: Path) -> "subprocess.Popen[bytes]":
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
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
    tree = str(Path(__file__).resolve().parents[1])
    if tree in map(os.path.abspath, site.getsitepackages()):
        return dict(os.environ)
    paths = [tree, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, want: str) -> protocol.Hello:
    writer.write(protocol.frame(protocol.Hello(protocol.VERSION, __version__, os.getpid(), want)))
    try:
        async with asyncio.timeout(START_SECONDS):
            return protocol.read_hello(await protocol.read_frame(reader))
    except (EOFError, ValueError, TimeoutError) as error:
        writer.close()
        kind = _Parting if isinstance(error, EOFError) else WorkerError
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
