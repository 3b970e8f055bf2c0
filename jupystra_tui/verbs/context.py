"""A verb's connection to the worker: the reported state, requests, and prompts on the terminal."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from jupystra_tui import paths, protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.client import Client, VersionMismatch
from jupystra_tui.frontend.config import Config, load
from jupystra_tui.frontend.state import State
from jupystra_tui.frontend.worker_process import NotRunning
from jupystra_tui.verbs.command_hints import command_how
from jupystra_tui.verbs.exits import NotFound
from jupystra_tui.verbs.progress import Progress
from jupystra_tui.verbs.terminal_prompts import TerminalPrompts

T = TypeVar("T")
R = TypeVar("R", bound=protocol.Outcome)


class VerbContext:
    """`state` is the worker's last reported state. One owner calls `open` and `aclose`."""

    def __init__(self, config: Config, progress: Progress) -> None:
        self.config = config
        self.progress = progress
        self.state = State()
        self.prompts = TerminalPrompts(self._send, self._fail)
        self._client = Client(self._apply, self._lost, how=command_how)
        self._changed = asyncio.Event()
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self, *, start: bool) -> None:
        """Attach to the worker and get its current state; with `start`, start it if needed.

        Raises WorkerError, NotFound.
        """
        try:
            await self._client.open(start=start)
        except VersionMismatch as error:
            raise WorkerError(
                error.title,
                "Run `jupystra worker stop` and try again: its tunnels close, your jobs continue.",
            ) from error
        except NotRunning as error:
            raise NotFound(error.title, error.hint) from error
        await self.request(protocol.Attention(False))  # its answer comes after the initial events
        self.state = self.state.sync()

    async def aclose(self) -> None:
        """Cancel open prompts and detach; the worker continues its tasks."""
        await self.prompts.aclose()
        await self._client.aclose()
        if self._failure.done():
            self._failure.exception()

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises JupystraError, and NoTerminal if a prompt cannot be shown."""
        return await self._or_failure(self._client.request(body))

    async def until(self, condition: Callable[[], T | None], seconds: float | None = None) -> T:
        """Return the first true value of `condition`, evaluated after each event.

        Raises TimeoutError when no event arrives for `seconds`, unless a prompt is open.
        """
        while not (value := condition()):
            self._changed.clear()
            try:
                async with asyncio.timeout(None if self.prompts.waiting else seconds):
                    await self._or_failure(self._changed.wait())
            except TimeoutError:
                if not self.prompts.waiting:
                    raise
        return value

    async def _or_failure(self, wanted: Awaitable[T]) -> T:
        task: asyncio.Future[T] = asyncio.ensure_future(wanted)
        try:
            both: set[asyncio.Future[Any]] = {task, self._failure}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._failure.result()
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
        if not self._failure.done():
            self._failure.set_exception(error)

    def _lost(self) -> None:
        self._fail(WorkerError("The worker ended", "`jupystra worker log` may show the reason; try again."))

    def _apply(self, event: protocol.Event) -> None:
        self.state = self.state.apply(event)
        match event:
            case protocol.SessionChanged(session):
                self.progress.session(session)
            case protocol.LaunchChanged(launch):
                self.progress.launch(launch)
            case protocol.PromptAsked(prompt):
                self.prompts.add(prompt)
            case protocol.PromptGone(prompt):
                self.prompts.remove(prompt)
        self._changed.set()


@asynccontextmanager
async def attached(arguments: Namespace, *, start: bool = True) -> AsyncIterator[VerbContext]:
    """A context that is attached to the worker; raises NotFound if no worker runs and `start` is false."""
    context = VerbContext(load(paths.config_file()), Progress(quiet=getattr(arguments, "quiet", False)))
    try:
        await context.open(start=start)
        yield context
    finally:
        await context.aclose()
