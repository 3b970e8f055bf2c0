"""The worker's socket: front ends attach, their requests are answered, events are sent to them."""

import asyncio
import logging
import os
from functools import partial
from pathlib import Path

import msgspec

from jupystra_tui import __version__, protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem
from jupystra_tui.ownership import check_peer
from jupystra_tui.worker.dispatcher import Dispatcher
from jupystra_tui.worker.event_hub import Listener
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.worker_lock import WorkerLock

LINGER_SECONDS = 10.0
FRESH_SECONDS = 30.0
PARTING_SECONDS = 1.0
GREETING_SECONDS = 15.0
SOCKET_CHECK_SECONDS = 2.0
BACKLOG_LIMIT = 64 * 1024 * 1024
# What only reads ends when the reply is no longer needed; opening a tunnel ends when the front end cancels it, but not
# when it detaches. Everything else changes something and is finished.
READING = (protocol.Diagnose, protocol.MakeScript, protocol.Preview, protocol.ReadLog)
OPENING = (protocol.Connect, protocol.Reconnect)

CANCELLED = Problem("The request was cancelled", "Try again.")

Answers = dict[int, tuple[protocol.Body, "asyncio.Task[None]"]]

log = logging.getLogger(__name__)


class Server:
    """Serves front ends on a 0600 socket until no front end is attached and nothing is in progress, or until a stop.

    `lock` is held already; with it a socket that was deleted is made again, unless another worker has taken over.
    """

    def __init__(self, socket: Path, dispatcher: Dispatcher, lock: WorkerLock) -> None:
        self._socket = socket
        self._dispatcher = dispatcher
        self._lock = lock
        self._left = asyncio.Event()
        self._front_ends: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._farewells: list[asyncio.StreamWriter] = []
        self._why = ""
        self._encoded: tuple[protocol.Event, bytes] | None = None

    def stop(self, why: str) -> None:
        """End soon; `why` is written to the log."""
        self._why = self._why or why
        self._dispatcher.stopping.set()

    async def run(self) -> str:
        """Serve until the end and return its reason; the dispatcher is closed before the front ends learn of it."""
        self._socket.unlink(missing_ok=True)
        server = await self._listen()
        idle = asyncio.create_task(self._idle())
        stop = asyncio.create_task(self._dispatcher.stopping.wait())
        keeping = asyncio.create_task(self._keep_socket(server))
        try:
            await asyncio.wait({idle, stop, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if idle.done():
                self._why = self._why or "no front end is attached, and no task is running"
            return self._why or "it was told to stop"
        finally:
            for task in (keeping, idle, stop):
                task.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            if self._lock.held:
                self._socket.unlink(missing_ok=True)  # a front end that comes now starts a new worker
            try:
                await self._dispatcher.aclose()
            finally:
                await self._part()

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.start_unix_server(self._front_end, str(self._socket))
        self._socket.chmod(0o600)
        return server

    async def _keep_socket(self, server: asyncio.Server) -> None:
        """Make the socket again when something deletes it; return when another worker has taken over."""
        inode = _inode(self._socket)
        try:
            while True:
                await asyncio.sleep(SOCKET_CHECK_SECONDS)
                if _inode(self._socket) == inode and self._lock.held:
                    continue
                try:
                    if not self._lock.renew():
                        self.stop("its lock file was deleted, and another worker has taken over")
                        return
                    self._socket.unlink(missing_ok=True)
                    server.close()
                    server = await self._listen()
                    inode = _inode(self._socket)
                    log.warning("the worker's socket was deleted: it was made again")
                except (OSError, JupystraError) as error:
                    log.warning("the worker's socket was deleted and cannot be made again yet: %s", error)
        finally:
            server.close()

    async def _part(self) -> None:
        """Let the front ends go; one that sleeps is not waited for."""
        for writer in self._front_ends.values():
            writer.close()
        if self._front_ends:
            await asyncio.wait(set(self._front_ends), timeout=PARTING_SECONDS)
        for writer in self._front_ends.values():
            writer.transport.abort()

    async def _idle(self) -> None:
        """Return when no front end is attached, and nothing has been in progress for a while."""
        pause = FRESH_SECONDS
        while True:
            self._left.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._left.wait()
            except TimeoutError:
                if not self._dispatcher.hub.listeners and not self._dispatcher.busy:
                    return
            pause = LINGER_SECONDS

    async def _front_end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._front_ends[task] = writer
        try:
            check_peer(writer.get_extra_info("socket"))
            await self._greet(reader, writer)
        except (EOFError, ConnectionError):
            pass  # it left
        except (
            OSError,
            ValueError,
            msgspec.MsgspecError,
        ) as error:  # also a read_identification that takes too long
            log.warning("a connection was refused: %s", str(error) or type(error).__name__)
        finally:
            del self._front_ends[task]
            if writer not in self._farewells:
                writer.close()
            self._left.set()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(GREETING_SECONDS):
            hello = protocol.read_hello(await protocol.read_frame(reader, protocol.HELLO_LIMIT))
        writer.write(protocol.frame(protocol.Hello(protocol.VERSION, __version__, os.getpid())))
        await writer.drain()
        if hello.want == "stop":
            if not hello.keep:
                self._dispatcher.forget_tunnels()
            self._farewells.append(writer)  # open until the process is gone: that tells the other side
            self.stop(f"a front end of version {hello.program} (pid {hello.pid}) told it to stop")
        elif hello.protocol == protocol.VERSION:
            await self._attend(reader, writer, hello.pid)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pid: int) -> None:
        def tell(event: protocol.Event) -> None:
            if writer.transport.get_write_buffer_size() > BACKLOG_LIMIT:
                writer.transport.abort()  # it sleeps; when it wakes it attaches again and gets the current state
            elif not writer.is_closing():
                writer.write(self._frame(event))

        self._dispatcher.hub.attach(tell)
        answers: Answers = {}
        try:
            while True:
                message = protocol.read_request(await protocol.read_frame(reader, protocol.REQUEST_LIMIT))
                if isinstance(message, protocol.CancelRequest):
                    if message.id in answers:
                        _cancel(*answers[message.id], (*READING, *OPENING))
                    continue
                if isinstance(message.body, protocol.Stop):
                    self.stop(f"a front end (pid {pid}) told it to stop")
                task = asyncio.create_task(self._answer(message, writer, tell))
                answers[message.id] = message.body, task
                task.add_done_callback(partial(_forget, answers, message.id))
        finally:
            self._dispatcher.hub.detach(tell)
            for body, task in list(answers.values()):
                _cancel(body, task, READING)

    def _frame(self, event: protocol.Event) -> bytes:
        """Return an event as bytes, encoded once for all front ends: a large queue has 18 MB."""
        if self._encoded is None or self._encoded[0] is not event:
            self._encoded = event, protocol.frame(protocol.Notice(event))
        return self._encoded[1]

    async def _answer(self, request: protocol.Request, writer: asyncio.StreamWriter, tell: Listener) -> None:
        try:
            reply = protocol.Reply(request.id, body=await self._dispatcher.serve(request.body, tell))
        except JupystraError as error:
            reply = protocol.Reply(request.id, problem=problem_of(error))
        except asyncio.CancelledError:
            reply = protocol.Reply(request.id, problem=CANCELLED)
        except Exception as error:
            log.exception("%s failed", type(request.body).__name__)
            reply = protocol.Reply(request.id, problem=internal_error(error))
        if not writer.is_closing():
            writer.write(protocol.frame(reply))


def _cancel(body: protocol.Body, task: "asyncio.Task[None]", kinds: tuple[type, ...]) -> None:
    """End the answer to a request of these kinds."""
    if isinstance(body, kinds):
        task.cancel()


def _forget(answers: Answers, number: int, _: "asyncio.Task[None]") -> None:
    answers.pop(number, None)


def _inode(path: Path) -> int:
    try:
        return path.lstat().st_ino
    except OSError:
        return 0
