"""The jobs of the queue, each with its server, its tunnel and its launch."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from jupystra_tui.model import (
    AppServer,
    Job,
    JobState,
    Launch,
    Snapshot,
    Step,
    StepState,
    Tunnel,
    TunnelState,
)


class JobView(NamedTuple):
    """A job, its server and tunnel if there are any; `age` is seconds since the poll.

    `script` is the path of its connect script, if one was written; `killed` is whether its kill was requested.
    """

    job: Job
    server: AppServer | None = None
    tunnel: Tunnel | None = None
    step: Step | None = None
    connecting: bool = False
    age: float = 0.0
    script: str = ""
    killed: bool = False

    @property
    def left(self) -> int | None:
        """Seconds of walltime left now, counted from the latest poll."""
        if self.job.left is None or self.job.state is not JobState.RUNNING:
            return self.job.left
        return max(0, self.job.left - int(self.age))

    @property
    def used(self) -> int | None:
        """Seconds of walltime used until now."""
        if self.job.limit is not None and self.left is not None and self.job.state is JobState.RUNNING:
            return self.job.limit - self.left
        return self.job.used

    @property
    def ready(self) -> bool:
        """Whether the server answers through a tunnel."""
        return self.tunnel is not None and self.tunnel.state is TunnelState.UP and self.tunnel.ready

    @property
    def reachable(self) -> bool:
        """Whether there is a server to connect to."""
        return not self.job.state.finished and (self.server is not None or self.tunnel is not None)


class JobViews:
    """The state at one time, replaced as a whole; the view of a job is made when it is needed."""

    def __init__(
        self,
        snapshot: Snapshot | None = None,
        tunnels: Sequence[Tunnel] = (),
        launches: Sequence[Launch] = (),
        connecting: frozenset[str] = frozenset(),
        scripts: Mapping[tuple[str, str], str] = {},
        killed: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self.jobs = snapshot.jobs if snapshot else ()
        self.taken = snapshot.taken if snapshot else 0.0
        self.unread = snapshot.unread if snapshot else ()
        cluster = snapshot.cluster if snapshot else ""
        self._servers = {server.job: server for server in snapshot.servers} if snapshot else {}
        self._tunnels = {tunnel.job: tunnel for tunnel in tunnels if tunnel.cluster == cluster}
        self._launches = {one.job: one for one in launches if one.cluster == cluster and not one.over}
        self._connecting = connecting
        self._killed = {job for where, job in killed if where == cluster}
        written = {one.job: one.script for one in launches if one.cluster == cluster and one.script}
        self._scripts = written | {job: path for (where, job), path in scripts.items() if where == cluster}

    def view(self, job: Job, now: float) -> JobView:
        """Return the view of a job; `now` in seconds since 1970."""
        launch = self._launches.get(job.key)
        return JobView(
            job,
            self._servers.get(job.key),
            self._tunnels.get(job.key),
            _step(launch) if launch else None,
            job.key in self._connecting,
            max(0.0, now - self.taken),
            self._scripts.get(job.key, ""),
            job.key in self._killed,
        )


def _step(launch: Launch) -> Step | None:
    return next((step for step in launch.steps if step.state is StepState.NOW), None)


def count(jobs: Sequence[Job]) -> tuple[int, int]:
    """Return how many jobs are running, and how many are pending."""
    states = list(map(attrgetter("state"), jobs))
    return states.count(JobState.RUNNING), states.count(JobState.PENDING)
