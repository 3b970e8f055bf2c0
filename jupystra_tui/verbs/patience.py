"""How many looks at the queue a launch may wait through before the person is asked what becomes of it: `--count`."""

import asyncio

from jupystra_tui.model import JobState
from jupystra_tui.verbs.front_end import FrontEnd
from jupystra_tui.verbs.questions import ask_choice
from jupystra_tui.verbs.terminal import Terminal

_CHOICES = {"w": "wait", "l": "leave", "k": "kill"}


class Patience:
    """Counts the looks that a launch waits through; after `limit` of them (0: never) it has run out."""

    def __init__(self, front_end: FrontEnd, launch: str, limit: int) -> None:
        self._front_end = front_end
        self._launch = launch
        self._limit = limit
        self._looks: set[float] = set()

    @property
    def ran_out(self) -> bool:
        """Whether the job has waited long enough, this moment's look included."""
        launch = self._front_end.launches[self._launch]
        snapshot = self._front_end.snapshots.get(launch.cluster)
        job = self._front_end.job(launch.cluster, launch.job)
        if self._limit and launch.waiting and snapshot and (job is None or job.state is JobState.PENDING):
            self._looks.add(snapshot.taken)
        return bool(self._limit) and launch.waiting and len(self._looks) >= self._limit

    async def ask(self) -> str:
        """Return what becomes of the job: `wait`, `leave` it in the queue, or `kill`; `leave` without a terminal."""
        terminal = Terminal.find()
        if terminal is None:
            return "leave"
        launch = self._front_end.launches[self._launch]
        looks = "1 look" if len(self._looks) == 1 else f"{len(self._looks)} looks"
        terminal.write(f"\nJob {launch.job} has waited through {looks} at the queue.\n")
        question = "[w]ait on, [l]eave it in the queue, or [k]ill it: "
        asking = asyncio.ensure_future(ask_choice(terminal, question, _CHOICES))
        started = asyncio.ensure_future(self._front_end.until(lambda: self._started))
        try:
            with self._front_end.progress.held():
                await asyncio.wait({asking, started}, return_when=asyncio.FIRST_COMPLETED)
            self._looks.clear()
            return asking.result() or "leave" if asking.done() else "wait"
        finally:
            asking.cancel()
            started.cancel()
            await asyncio.gather(asking, started, return_exceptions=True)
            terminal.close()

    @property
    def _started(self) -> bool:
        return not self._front_end.launches[self._launch].waiting
