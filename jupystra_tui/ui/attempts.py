"""Requests that run beside the screens: a wait is shown, an error is shown, and each can be left to itself."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.timer import Timer

from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.ui import clock

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd

WAIT_SHOWN_AFTER = 0.3


class Attempts:
    """Owns the tasks under way. The coroutine is the task's own, so none is ever left that nothing awaits."""

    def __init__(self, app: "FrontEnd") -> None:
        self._app = app
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, coroutine: Coroutine[Any, Any, Any], description: str) -> None:
        """Run it; a wait says `description`, whatever error comes out is shown."""
        began = clock.now()
        task = asyncio.create_task(coroutine)

        def show_wait() -> None:
            if not task.done():  # a timer that has fired already is not stopped any more
                self._app.waits = self._app.waits | {description: began}

        timer = self._app.set_timer(WAIT_SHOWN_AFTER, show_wait)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, timer, description))

    def _ended(self, timer: Timer, description: str, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        timer.stop()
        error = None if task.cancelled() else task.exception()
        if not self._app.is_running:
            return
        self._app.waits = {text: began for text, began in self._app.waits.items() if text != description}
        if isinstance(error, JupystraError) and not isinstance(error, GivenUp):
            self._app.show_problem(error)
        elif isinstance(error, Exception) and not isinstance(error, GivenUp):
            self._app.errors.answer(error)

    def cancel(self) -> None:
        """Leave to itself whatever is waited for."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Cancel what is under way and wait for its end."""
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
