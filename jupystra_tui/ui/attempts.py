"""Requests that run in the background: waits and errors are shown, and each request can be canceled."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.app import App
from textual.timer import Timer

from jupystra_tui.errors import GivenUp
from jupystra_tui.ui import clock

WAIT_SHOWN_AFTER = 0.3


class Attempts:
    """Owns the running tasks. Each coroutine becomes a task at once, so that each is awaited.

    `show_waits` gets the description of each wait and when it began, `show_error` gets errors.
    """

    def __init__(
        self,
        app: App[None],
        show_waits: Callable[[dict[str, float]], object],
        show_error: Callable[[Exception], object],
    ) -> None:
        self._app = app
        self._show_waits = show_waits
        self._show_error = show_error
        self._waits: dict[str, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, coroutine: Coroutine[Any, Any, Any], description: str) -> None:
        """Run it; a wait shows `description`, an error is shown."""
        began = clock.now()
        task = asyncio.create_task(coroutine)

        def show_wait() -> None:
            if not task.done():  # the timer may have fired before it was stopped
                self._wait(description, began)

        timer = self._app.set_timer(WAIT_SHOWN_AFTER, show_wait)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, timer, description))

    def _wait(self, description: str, began: float) -> None:
        self._waits = {**self._waits, description: began}
        self._show_waits(self._waits)

    def _ended(self, timer: Timer, description: str, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        timer.stop()
        error = None if task.cancelled() else task.exception()
        if not self._app.is_running:
            return
        if description in self._waits:
            self._waits = {text: began for text, began in self._waits.items() if text != description}
            self._show_waits(self._waits)
        if isinstance(error, Exception) and not isinstance(error, GivenUp):
            self._show_error(error)

    def cancel(self) -> None:
        """Cancel all of them."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Cancel what is running and wait for its end."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
