"""The worker as a verb knows it: what it told last, requests to it, and its questions, asked on the terminal."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from jupystra_tui import paths, protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.client import Client, NotRunning, VersionMismatch
from jupystra_tui.frontend.config import Config, load
from jupystra_tui.frontend.state import State
from jupystra_tui.verbs.exits import NotThere
from jupystra_tui.verbs.next_steps import command_how
from jupystra_tui.verbs.progress import Progress
from jupystra_tui.verbs.questions import Questions

T = TypeVar("T")
R = TypeVar("R", bound=protocol.Outcome)


class FrontEnd:
    """`state` is the worker's, as it was last told. One owner calls `open` and `aclose`."""

    def __init__(self, config: Config, progress: Progress) -> None:
        self.config = config
        self.progress = progress
        self.state = State()
        self.questions = Questions(self._send, self._fail)
        self._client = Client(self._take, self._lost, how=command_how)
        self._news = asyncio.Event()
        self._trouble: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self, *, start: bool) -> None:
        """Attach to the worker, started if need be, and hear how things stand; raises WorkerError, NotThere."""
        try:
            await self._client.open(start=start)
        except VersionMismatch as error:
            raise WorkerError(
                error.title, "Run `jupystra worker stop` and try again: its tunnels close, your jobs go on."
            ) from error
        except NotRunning as error:
            raise NotThere(error.title, error.hint) from error
        await self.request(protocol.Attention(False))  # its answer comes after all that is told at the start
        self.state = self.state.sync()

    async def aclose(self) -> None:
        """Give up open questions and detach; the worker goes on with what is under way."""
        await self.questions.aclose()
        await self._client.aclose()
        if self._trouble.done():
            self._trouble.exception()

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises JupystraError, NeedsAnswer where nobody can be asked."""
        return await self._unless_trouble(self._client.request(body))

    async def until(self, condition: Callable[[], T | None], seconds: float | None = None) -> T:
        """Return the first true value of `condition`, asked after each piece of news.

        Raises TimeoutError when no news comes for `seconds`, unless a person is being asked.
        """
        while not (value := condition()):
            self._news.clear()
            try:
                async with asyncio.timeout(None if self.questions.waiting else seconds):
                    await self._unless_trouble(self._news.wait())
            except TimeoutError:
                if not self.questions.waiting:
                    raise
        return value

    async def _unless_trouble(self, wanted: Awaitable[T]) -> T:
        task: asyncio.Future[T] = asyncio.ensure_future(wanted)
        try:
            both: set[asyncio.Future[Any]] = {task, self._trouble}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._trouble.result()
            return await task
        finally:
            task.cancel()

    def _send(self, answer: protocol.Answer) -> "asyncio.Task[None]":
        return asyncio.create_task(self._answer(answer))

    async def _answer(self, answer: protocol.Answer) -> None:
        try:
            await self._client.request(answer)
        except JupystraError as error:
            self._fail(error)

    def _fail(self, error: JupystraError) -> None:
        if not self._trouble.done():
            self._trouble.set_exception(error)

    def _lost(self) -> None:
        self._fail(WorkerError("The worker ended", "`jupystra worker log` may say why; try again."))

    def _take(self, event: protocol.Event) -> None:
        self.state = self.state.apply(event)
        match event:
            case protocol.SessionChanged(session):
                self.progress.session(session)
            case protocol.LaunchChanged(launch):
                self.progress.launch(launch)
            case protocol.PromptAsked(prompt):
                self.questions.asked(prompt)
            case protocol.PromptGone(prompt):
                self.questions.gone(prompt)
        self._news.set()


@asynccontextmanager
async def attached(arguments: Namespace, *, start: bool = True) -> AsyncIterator[FrontEnd]:
    """A front end that is attached to the worker; raises NotThere without one unless it may `start` one."""
    front_end = FrontEnd(load(paths.config_file()), Progress(quiet=getattr(arguments, "quiet", False)))
    try:
        await front_end.open(start=start)
        yield front_end
    finally:
        await front_end.aclose()
