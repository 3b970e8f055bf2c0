"""The number of polls after which the user is asked about a pending job: `--count`."""

from typing import Self

from msgspec import Struct, structs

from jupystra_tui.frontend.state import State
from jupystra_tui.model import JobState


class PollCount(Struct, frozen=True):
    """The polls in which a launch's job was pending; after `limit` of them (0: never) the user is asked.

    `latest` is when the latest poll was taken; those before the submission do not count.
    """

    launch: str
    limit: int
    count: int = 0
    until: int = 0
    latest: float = 0.0

    @property
    def reached(self) -> bool:
        """Whether the limit is reached."""
        return self.limit > 0 and self.count >= (self.until or self.limit)

    def observe(self, state: State) -> Self:
        """Return the count with the latest poll in it, if its job was pending then."""
        launch = state.launches.get(self.launch)
        snapshot = state.snapshots.get(launch.cluster) if launch else None
        if launch is None or snapshot is None or snapshot.taken == self.latest:
            return self
        if not launch.waiting:
            return structs.replace(self, latest=snapshot.taken)
        job = state.job(launch.cluster, launch.job)
        if job is not None and job.state is not JobState.PENDING:
            return self
        return structs.replace(self, count=self.count + 1, latest=snapshot.taken)

    def extend(self) -> Self:
        """Return the count with `limit` more polls to go."""
        return structs.replace(self, until=self.count + self.limit)
