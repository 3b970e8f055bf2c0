"""Jobs as LSF counts them: each element of an array is a row of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jupystra_tui.demo.demo_job import DemoJob, DemoReason, DemoState
from jupystra_tui.demo.lsf.daemon import Daemon

WORDS = {DemoState.PENDING: "PEND", DemoState.RUNNING: "RUN", DemoState.COMPLETED: "DONE"}
REASONS = {
    DemoReason.NONE: "New job is waiting for scheduling;",
    DemoReason.BEGIN_TIME: "The job has a specified start time: {hosts};",
    DemoReason.NO_NODE_LARGE_ENOUGH: "Job's resource requirements not satisfied: {hosts};",
    DemoReason.OVER_TIME_LIMIT: "Job's resource requirements not satisfied: {hosts};",
    DemoReason.NODE_DOWN: "Host is unavailable: {hosts};",
}
BUSY = "Job slot limit reached: {hosts};"


@dataclass(frozen=True)
class Row:
    """One job or one element of an array; `id` as bjobs lists it, `key` as bkill takes it."""

    id: str
    key: str
    name: str
    job: DemoJob

    @property
    def word(self) -> str:
        """LSF's state: a job that was killed is DONE where its processes ended well."""
        job = self.job
        if job.completing:
            return "RUN"
        if job.state is DemoState.CANCELLED and job.left == (0, 0):
            return "DONE"
        return WORDS.get(job.state, "EXIT")

    @property
    def hosts(self) -> str:
        """The hosts it runs on, as `2*p1`."""
        cpus = self.job.request.cpus
        return (f"{cpus}*{self.job.node}" if cpus > 1 else self.job.node) if self.job.node else ""

    @property
    def finished(self) -> bool:
        """Whether it is over."""
        return self.word in ("DONE", "EXIT")

    def reason(self, hosts: int) -> str:
        """Why it waits, on a cluster of that many hosts."""
        counted = f"{hosts} host" + ("s" if hosts != 1 else "")
        return REASONS.get(self.job.reason, BUSY).format(hosts=counted)


def rows(daemon: Daemon) -> list[Row]:
    """Every row that the daemon remembers, those that run first, those that are over last."""
    order = {"RUN": 0, "PEND": 1}
    found = [row for job in daemon.contact().jobs() for row in _rows(job)]
    return sorted(found, key=lambda row: (order.get(row.word, 2), row.job.id))


def _rows(job: DemoJob) -> Iterator[Row]:
    if job.array is None:
        yield Row(str(job.id), str(job.id), job.request.name, job)
        return
    for task in job.array.tasks:
        element = f"[{task + 1}]"  # LSF counts from 1
        yield Row(str(job.array.id), f"{job.array.id}{element}", f"{job.request.name}{element}", job)
