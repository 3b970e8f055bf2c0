"""The worker's process as a front end sees it: finding the running one, starting one, and the first message."""

import asyncio
import os
import site
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from jupystra_tui import __version__, protocol
from jupystra_tui.errors import WorkerError
from jupystra_tui.ownership import ForeignOwner, check_owned, check_peer
from jupystra_tui.paths import runtime_folder, worker_folders

SOCKET = "worker.sock"
START_SECONDS = 15.0
AGAIN_SECONDS = 0.2


class NotRunning(WorkerError):
    """There is no worker, and none was to be started."""


class WorkerEnding(WorkerError):
    """The worker closed the connection before its hello: it was about to end."""


class Streams(NamedTuple):
    """An open connection to a worker that runs as our user."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def attach(start: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, protocol.Hello]:
    """Return the connection to the running worker, or to one that is started if `start`, and its greeting.

    Raises WorkerError; NotRunning where there is none and none may be started.
    """
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while True:
        found, refused = await find()
        if found is None and start:
            found = await _start()
        if found is None:
            raise NotRunning("No worker is running", "It starts with the dashboard.", "\n".join(refused))
        try:
            return *found, await greet(*found, "attach")
        except WorkerEnding:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


async def find() -> tuple[Streams | None, list[str]]:
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
    """Connect to a socket of ours; raises ForeignOwner if another user made it or serves it, OSError."""
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
    process = spawn(log_file)
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    refused: list[str] = []
    while asyncio.get_running_loop().time() < deadline:
        found, refused = await find()
        if found:
            return found
        if process.poll() == 0:  # an older one still has the lock
            await asyncio.sleep(AGAIN_SECONDS)
            process = spawn(log_file)
        elif process.poll() is not None:
            break
        await asyncio.sleep(0.02)
    said = "\n".join(filter(None, [*refused, _tail(log_file)]))
    raise WorkerError("The worker does not start", f"Its last words are in {log_file}.", said)


def spawn(log: Path) -> "subprocess.Popen[bytes]":
    """Start a worker that writes its output to `log`."""
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


async def greet(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, want: str, keep: bool = False
) -> protocol.Hello:
    """Send what this front end wants and return the worker's greeting; raises WorkerError, WorkerEnding."""
    writer.write(protocol.frame(protocol.Hello(protocol.VERSION, __version__, os.getpid(), want, keep)))
    try:
        async with asyncio.timeout(START_SECONDS):
            return protocol.read_hello(await protocol.read_frame(reader, protocol.HELLO_LIMIT))
    except (EOFError, ValueError, TimeoutError, msgspec.MsgspecError) as error:
        writer.close()
        kind = WorkerEnding if isinstance(error, EOFError) else WorkerError
        raise kind("The worker does not answer", "Run `jupystra worker stop` and try again.") from error


async def wait_until_gone(reader: asyncio.StreamReader) -> None:
    """Wait until the worker has closed the connection; raises WorkerError after a time limit."""
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
