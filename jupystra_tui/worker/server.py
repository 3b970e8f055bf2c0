"""The worker's socket: front ends come and go, requests are answered, events are told."""

import asyncio
import logging
import os
from pathlib import Path

import msgspec

from jupystra_tui import __version__, protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Problem
from jupystra_tui.worker.hub import Listener
from jupystra_tui.worker.problems import defect, problem_of
from jupystra_tui.worker.requests import Office

LINGER_SECONDS = 10.0
FRESH_SECONDS = 30.0
PARTING_SECONDS = 1.0
BACKLOG_LIMIT = 64 * 1024 * 1024

GIVEN_UP = Problem("It was given up", "Something else ended it; try again.")

log = logging.getLogger(__name__)


class Server:
    """Serves front ends on a 0600 socket until nobody is attached and nothing is under way, or it is told to stop."""

    def __init__(self, socket: Path, office: Office) -> None:
        self._socket = socket
        self._office = office
        self._left = asyncio.Event()
        self._front_ends: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._farewells: list[asyncio.StreamWriter] = []

    async def run(self) -> None:
        """Serve until the end; the office is closed before the front ends learn of it."""
        self._socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._front_end, str(self._socket))
        self._socket.chmod(0o600)
        idle = asyncio.create_task(self._idle())
        stop = asyncio.create_task(self._office.stopping.wait())
        try:
            await asyncio.wait({idle, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._socket.unlink(missing_ok=True)  # whoever comes now starts a new worker
            server.close()
            idle.cancel()
            stop.cancel()
            try:
                await self._office.aclose()
            finally:
                await self._part()

    async def _part(self) -> None:
        """Let the front ends go; one that sleeps is not waited for."""
        for writer in self._front_ends.values():
            writer.close()
        if self._front_ends:
            await asyncio.wait(set(self._front_ends), timeout=PARTING_SECONDS)
        for writer in self._front_ends.values():
            writer.transport.abort()

    async def _idle(self) -> None:
        """Return when nobody is attached, and nothing has been under way for a while."""
        pause = FRESH_SECONDS
        while True:
            self._left.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._left.wait()
            except TimeoutError:
                if not self._office.hub.listeners and not self._office.busy:
                    return
            pause = LINGER_SECONDS

    async def _front_end(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._front_ends[task] = writer
        try:
            await self._greet(reader, writer)
        except (EOFError, ValueError, ConnectionError, msgspec.MsgspecError) as error:
            log.info("a front end left: %s", type(error).__name__)
        finally:
            del self._front_ends[task]
            if writer not in self._farewells:
                writer.close()
            self._left.set()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = protocol.read_hello(await protocol.read_frame(reader))
        writer.write(protocol.frame(protocol.Hello(protocol.VERSION, __version__, os.getpid())))
        await writer.drain()
        if hello.want == "stop":
            self._farewells.append(writer)  # open until the process is gone: that tells the other side
            self._office.stopping.set()
        elif hello.protocol == protocol.VERSION:
            await self._attend(reader, writer)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def tell(event: protocol.Event) -> None:
            if writer.transport.get_write_buffer_size() > BACKLOG_LIMIT:
                writer.transport.abort()  # it sleeps; when it wakes it attaches anew and is told how things stand
            else:
                writer.write(protocol.frame(protocol.Notice(event)))

        self._office.hub.attach(tell)
        answers: set[asyncio.Task[None]] = set()
        try:
            while True:
                request = protocol.read_request(await protocol.read_frame(reader))
                answer = asyncio.create_task(self._answer(request, writer, tell))
                answers.add(answer)
                answer.add_done_callback(answers.discard)
        finally:
            self._office.hub.detach(tell)

    async def _answer(self, request: protocol.Request, writer: asyncio.StreamWriter, tell: Listener) -> None:
        try:
            reply = protocol.Reply(request.id, body=await self._office.serve(request.body, tell))
        except JupystraError as error:
            reply = protocol.Reply(request.id, problem=problem_of(error))
        except asyncio.CancelledError:
            reply = protocol.Reply(request.id, problem=GIVEN_UP)
        except Exception as error:
            log.exception("%s failed", type(request.body).__name__)
            reply = protocol.Reply(request.id, problem=defect(error))
        if not writer.is_closing():
            writer.write(protocol.frame(reply))
