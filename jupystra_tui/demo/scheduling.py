"""The decision about a waiting job: the node it may start on, or the reason why it waits on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jupystra_tui.demo.demo_job import DemoJob, DemoReason
from jupystra_tui.demo.inventory import Inventory, Node
from jupystra_tui.demo.placement import Placement

UNCONSIDERED_SECONDS = 0.3


@dataclass(frozen=True)
class Scheduling:
    """The whole queue at one time; every job waits at least `queue_seconds`."""

    inventory: Inventory
    jobs: Sequence[DemoJob]
    down: Collection[str]
    now: float
    queue_seconds: float

    def verdict(self, job: DemoJob, behind: bool) -> Node | DemoReason:
        """A node to start it on, or why it waits; `behind` says that an earlier job wants the same nodes."""
        longest = self.inventory.partition(job.request.partition).longest
        if job.request.minutes is None or job.request.minutes > longest:
            return DemoReason.OVER_TIME_LIMIT
        possible = self._placement.possible(job.request)
        if not possible:
            return DemoReason.NO_NODE_LARGE_ENOUGH
        if self.now < job.eligible:
            return DemoReason.BEGIN_TIME
        if all(node.name in self.down for node in possible):
            return DemoReason.NODE_DOWN
        if self._array_is_full(job):
            return DemoReason.ARRAY_LIMIT
        return self._place_in_line(job, behind)

    def expected(self, job: DemoJob, reason: DemoReason) -> float | None:
        """Return when it will start if nothing changes; None if not known."""
        if reason is DemoReason.BEGIN_TIME:
            return job.eligible
        if reason not in (DemoReason.RESOURCES, DemoReason.PRIORITY):
            return None
        placement = self._placement
        room_at = self.now if placement.free(job.request) else placement.expected(job.request)
        return None if room_at is None else max(job.eligible + self.queue_seconds, room_at)

    @property
    def _placement(self) -> Placement:
        return Placement(self.inventory, self.jobs, self.down)

    def _place_in_line(self, job: DemoJob, behind: bool) -> Node | DemoReason:
        if self.now >= job.eligible + self.queue_seconds:
            free = self._placement.free(job.request)
            if free is not None:
                return free
        if self.now < job.submitted + UNCONSIDERED_SECONDS:
            return DemoReason.NONE
        return DemoReason.PRIORITY if behind else DemoReason.RESOURCES

    def _array_is_full(self, job: DemoJob) -> bool:
        array = job.array
        if array is None or not array.waiting:
            return False
        tasks = [one for one in self.jobs if one.active and one.array and one.array.id == array.id]
        return len(tasks) >= array.limit
