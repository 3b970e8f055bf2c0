"""How many polls a pending job is waited for before the person is asked: `--count`."""

from jupystra_tui.frontend.state import State
from jupystra_tui.model import JobState


class PollCount:
    """Counts the polls in which a launch's job was pending; after `limit` of them (0: never) it has run out."""

    def __init__(self, launch: str, limit: int) -> None:
        self.launch = launch
        self._limit = limit
        self._polls: set[float] = set()

    @property
    def count(self) -> int:
        """The polls so far."""
        return len(self._polls)

    def observe(self, state: State) -> bool:
        """Take the latest state into account, and return whether the limit is reached."""
        launch = state.launches.get(self.launch)
        if not self._limit or launch is None or not launch.waiting:
            return False
        snapshot = state.snapshots.get(launch.cluster)
        job = state.job(launch.cluster, launch.job)
        if snapshot and (job is None or job.state is JobState.PENDING):
            self._polls.add(snapshot.taken)
        return len(self._polls) >= self._limit

    def reset(self) -> None:
        """Count from the beginning."""
        self._polls.clear()
