"""The question what to do with a job that is still pending after `--count` polls."""

import asyncio

from jupystra_tui.frontend.polls import PollCount
from jupystra_tui.verbs.context import VerbContext
from jupystra_tui.verbs.terminal import Terminal
from jupystra_tui.verbs.terminal_prompts import ask_choice

_CHOICES = {"w": "wait", "l": "leave", "k": "kill"}


class PendingQuestion:
    """Asks on the terminal when a launch's job has been pending for `limit` polls (0: never)."""

    def __init__(self, context: VerbContext, launch: str, limit: int) -> None:
        self._front_end = context
        self._launch = launch
        self._polls = PollCount(launch, limit)

    @property
    def due(self) -> bool:
        """Whether the job has been pending for `limit` polls, including the latest one."""
        self._polls = self._polls.observe(self._front_end.state)
        return self._polls.reached

    async def ask(self) -> str:
        """Return what to do with the job: `wait`, `leave` it in the queue, or `kill`; `leave` without a terminal."""
        terminal = Terminal.find()
        if terminal is None:
            return "leave"
        launch = self._front_end.state.launches[self._launch]
        polls = "1 poll" if self._polls.count == 1 else f"{self._polls.count} polls"
        terminal.write(f"\nJob {launch.job} is still pending after {polls}.\n")
        question = "[w]ait, [l]eave it in the queue, or [k]ill it: "
        asking = asyncio.ensure_future(ask_choice(terminal, question, _CHOICES))
        started = asyncio.ensure_future(self._front_end.until(lambda: self._started))
        try:
            with self._front_end.progress.paused():
                await asyncio.wait({asking, started}, return_when=asyncio.FIRST_COMPLETED)
            self._polls = self._polls.extend()
            return asking.result() or "leave" if asking.done() else "wait"
        finally:
            asking.cancel()
            started.cancel()
            await asyncio.gather(asking, started, return_exceptions=True)
            terminal.close()

    @property
    def _started(self) -> bool:
        return not self._front_end.state.launches[self._launch].waiting
