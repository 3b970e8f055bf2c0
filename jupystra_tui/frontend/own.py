"""What this front end has asked the worker for and still follows: launches and kills."""

from typing import Self

from msgspec import Struct, structs

from jupystra_tui.frontend.polls import PollCount
from jupystra_tui.frontend.state import State
from jupystra_tui.model import JobState, Snapshot

JobId = tuple[str, str]
"""A cluster's name and a job's key."""


class OwnRequests(Struct, frozen=True):
    """Frozen; treat the dictionary as read-only.

    `launches` are those started here, by id, with the polls that each has been pending for. `limit` is after how many
    of them the user is asked (0: never), `asking` the launch that the user is being asked about. `killed` are jobs
    whose kill was requested and that the queue does not show as ended yet. `lost_tunnels` is how many tunnels an ended
    worker had kept open, until the next worker has reported its own.
    """

    launches: dict[str, PollCount] = {}
    limit: int = 0
    asking: str = ""
    killed: frozenset[JobId] = frozenset()
    lost_tunnels: int = 0

    def start(self, launch: str) -> Self:
        """Return these with a launch that was started here."""
        return structs.replace(self, launches={**self.launches, launch: PollCount(launch, self.limit)})

    def drop(self, *launches: str) -> Self:
        """Return these without launches that are no longer followed."""
        kept = {name: count for name, count in self.launches.items() if name not in launches}
        return structs.replace(self, launches=kept)

    def observe(self, state: State, cluster: str) -> Self:
        """Return these after a poll of a cluster."""
        polled = {name for name in self.launches if _cluster_of(state, name) == cluster}
        counts = {name: self.launches[name].observe(state) for name in polled}
        return structs.replace(self, launches={**self.launches, **counts})

    def ask(self, launch: str) -> Self:
        """Return these while the user is asked about a launch."""
        return structs.replace(self, asking=launch)

    def answer(self) -> Self:
        """Return these after the user's answer: the launch is followed for as many polls again."""
        count = self.launches.get(self.asking)
        launches = {**self.launches, self.asking: count.extend()} if count else self.launches
        return structs.replace(self, asking="", launches=launches)

    def kill(self, job: JobId) -> Self:
        """Return these with a kill that was requested."""
        return structs.replace(self, killed=self.killed | {job})

    def forget_kill(self, job: JobId) -> Self:
        """Return these without a kill that failed."""
        return structs.replace(self, killed=self.killed - {job})

    def forget_ended(self, snapshot: Snapshot) -> Self:
        """Return these without the kills of jobs that the queue shows as ended."""
        killed = {job for cluster, job in self.killed if cluster == snapshot.cluster}
        if not killed:
            return self
        alive = {job.key for job in snapshot.jobs if job.state in (JobState.PENDING, JobState.RUNNING)}
        ended = {(snapshot.cluster, job) for job in killed - alive}
        return structs.replace(self, killed=self.killed - ended)

    def worker_lost(self, before: State) -> Self:
        """Return these when the worker has ended, whose last state was `before`."""
        lost = sum(tunnel.wanted for tunnel in before.tunnels)
        return structs.replace(self, killed=frozenset(), lost_tunnels=lost)


def _cluster_of(state: State, launch: str) -> str:
    known = state.launches.get(launch)
    return known.cluster if known else ""
