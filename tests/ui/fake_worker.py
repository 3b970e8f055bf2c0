"""A scripted worker on a real unix socket: it tells what the story says, and knows no request the story does not."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from jupystra_tui import __version__, protocol
from jupystra_tui.model import Problem

LIMIT = 30.0
B = TypeVar("B")
Answer = protocol.Outcome | Problem | Callable[[Any], protocol.Outcome | Problem]


class FakeWorker:
    """Front ends attach to `folder/worker.sock`; what was told before they came is told again at the start.

    `asked` holds every request in order, `unexpected` those that no `expect` allowed, `cancelled` the numbers of those
    that nobody waited for any more.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[protocol.Body] = []
        self.unexpected: list[protocol.Body] = []
        self.cancelled: list[int] = []
        self.hellos: list[protocol.Hello] = []
        self.version = protocol.VERSION
        self._answers: dict[type, deque[Answer]] = defaultdict(deque)
        self._always: dict[type, Answer] = {protocol.Attention: protocol.Done()}
        self._held: dict[type, asyncio.Event] = {}
        self._told: list[protocol.Event] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._greet, str(self.folder / "worker.sock"))

    async def stop(self) -> None:
        """Stop listening and hang up, as a worker that ended."""
        if self._server:
            self._server.close()
            (self.folder / "worker.sock").unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def die(self) -> None:
        """End, and know nothing when started again."""
        await self.stop()
        self._told.clear()

    def say_nonsense(self) -> None:
        """Send every front end what no worker says."""
        for writer in self._writers:
            writer.write((3).to_bytes(4, "big") + b"\xc1\xc1\xc1")

    def expect(self, kind: type, answer: Answer | None = None, *, always: bool = False) -> None:
        """Allow one request of that kind (or any number) and answer it; a function gets the request."""
        if always:
            self._always[kind] = answer or protocol.Done()
        else:
            self._answers[kind].append(answer or protocol.Done())

    def hold(self, kind: type) -> asyncio.Event:
        """Answer requests of that kind only when the returned event is set."""
        self._held[kind] = asyncio.Event()
        return self._held[kind]

    def tell(self, *events: protocol.Event) -> None:
        """Tell every front end, now and at the start of those to come."""
        self._told += events
        for writer in self._writers:
            for event in events:
                writer.write(protocol.frame(protocol.Notice(event)))

    async def was_asked(self, kind: type[B], count: int = 1) -> B:
        """Wait for the `count`-th request of that kind and return it."""
        async with asyncio.timeout(LIMIT), self._news:
            await self._news.wait_for(lambda: len(self._of(kind)) >= count)
        return self._of(kind)[count - 1]

    def _of(self, kind: type[B]) -> list[B]:
        return [body for body in self.asked if isinstance(body, kind)]

    def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keep(self._serve(reader, writer))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.hellos.append(protocol.read_hello(await protocol.read_frame(reader)))
            writer.write(protocol.frame(protocol.Hello(self.version, __version__, 1)))
            if self.hellos[-1].want == "stop":
                self.version = protocol.VERSION
                return
            self._tell_all(writer)
            self._writers.add(writer)
            while True:
                request = protocol.read_request(await protocol.read_frame(reader))
                if isinstance(request, protocol.CancelRequest):
                    self.cancelled.append(request.id)
                    continue
                self._keep(self._answer(request, writer))
        except EOFError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _tell_all(self, writer: asyncio.StreamWriter) -> None:
        for event in self._told:
            writer.write(protocol.frame(protocol.Notice(event)))

    async def _answer(self, request: protocol.Request, writer: asyncio.StreamWriter) -> None:
        kind = type(request.body)
        answer = self._choose(request.body)
        async with self._news:
            self.asked.append(request.body)
            self._news.notify_all()
        if kind in self._held:
            await self._held[kind].wait()
        outcome = answer(request.body) if callable(answer) else answer
        if isinstance(outcome, Problem):
            reply = protocol.Reply(request.id, problem=outcome)
        else:
            reply = protocol.Reply(request.id, outcome)
        if not writer.is_closing():
            writer.write(protocol.frame(reply))

    def _choose(self, body: protocol.Body) -> Answer:
        if self._answers[type(body)]:
            return self._answers[type(body)].popleft()
        if type(body) in self._always:
            return self._always[type(body)]
        self.unexpected.append(body)
        return Problem(f"the story knows no {type(body).__name__}")
