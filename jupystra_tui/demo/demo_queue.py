"""A simulated scheduler: jobs wait, start on a node with room, and end, independent of the scheduler."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Protocol

from jupystra_tui.demo.demo_job import Array, DemoJob, DemoReason, DemoRequest, DemoState
from jupystra_tui.demo.inventory import Inventory, Node
from jupystra_tui.demo.scheduling import Scheduling

FIRST_ID = 4690
REMEMBERED_SECONDS = 300
KILL_SECONDS = 5.0


class JobStartError(Exception):
    """The node could not start the job's script, or could not open its output file."""


class RunningJob(Protocol):
    """The processes of a started job."""

    def poll(self) -> tuple[int, int] | None:
        """Return exit code and signal once it has ended."""

    def end(self, why: DemoState) -> None:
        """Signal it to end, and write the reason into its output."""

    def kill(self) -> None:
        """Kill it."""


StartJob = Callable[[DemoJob], RunningJob]


@dataclass
class _Run:
    processes: RunningJob
    kill_at: float = float("inf")


class DemoQueue:
    """The jobs of the site; `step` advances them, the other methods read or change them. Thread-safe."""

    def __init__(
        self,
        inventory: Inventory,
        launch: StartJob,
        *,
        queue_seconds: float = 3.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.inventory = inventory
        self.clock = clock
        self._launch = launch
        self._queue_seconds = queue_seconds
        self._lock = threading.RLock()
        self._ids = itertools.count(FIRST_ID)
        self._jobs: dict[int, DemoJob] = {}
        self._runs: dict[int, _Run] = {}
        self._down: set[str] = set()

    def submit(self, request: DemoRequest, tasks: tuple[int, ...] = (), limit: int = 0) -> int:
        """Submit a job, or an array of these tasks of which at most `limit` run at once; returns its id."""
        now = self.clock()

        def made(id: int) -> DemoJob:
            array = Array(id, tasks, limit or len(tasks)) if tasks else None
            return DemoJob(id, request, submitted=now, eligible=now, array=array)

        return self.adopt(made)

    def adopt(self, make: Callable[[int], DemoJob]) -> int:
        """Add a record under a new id; a running one is started."""
        with self._lock:
            job = make(next(self._ids))
            self._jobs[job.id] = job
            if job.state is DemoState.RUNNING:
                self._run(job)
            return job.id

    def history(self) -> list[DemoJob]:
        """All jobs, by id."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: job.id)

    def jobs(self) -> list[DemoJob]:
        """The jobs that the scheduler still lists: all except those that ended long ago."""
        since = self.clock() - REMEMBERED_SECONDS
        return [job for job in self.history() if job.active or job.ended is None or job.ended > since]

    def down(self) -> frozenset[str]:
        """The names of the failed nodes."""
        with self._lock:
            return frozenset(self._down)

    def cancel(self, id: int, tasks: Collection[int] | None = None) -> None:
        """Cancel a job, a whole array, or some of its tasks; ended and unknown jobs are ignored."""
        with self._lock:
            for job in self.history():
                if job.array is not None and job.array.id == id:
                    self._cancel_tasks(job, job.array, job.array.tasks if tasks is None else tasks)
                elif job.id == id and tasks is None:
                    self._cancel(job)

    def fail_node(self, node: str, requeue_seconds: float) -> None:
        """Make a node fail with its jobs; those that may be requeued wait that many seconds."""
        with self._lock:
            self._down.add(node)
            for job in self.history():
                if job.active and job.node == node:
                    self._lose(job, requeue_seconds)

    def resume_node(self, node: str) -> None:
        """Make a failed node available again."""
        with self._lock:
            self._down.discard(node)

    def step(self) -> None:
        """Update ended jobs, enforce walltimes, and start the jobs that can start."""
        with self._lock:
            self._reap()
            self._enforce_limits()
            self._schedule()

    def close(self, seconds: float = 3.0) -> None:
        """End every running job, and kill those that have not ended after a grace period."""
        with self._lock:
            runs = [run.processes for run in self._runs.values()]
            self._runs.clear()
        for processes in runs:
            processes.end(DemoState.CANCELLED)
        give_up = time.monotonic() + seconds
        while any(processes.poll() is None for processes in runs) and time.monotonic() < give_up:
            time.sleep(0.02)
        for processes in runs:
            processes.kill()

    def _change(self, job: DemoJob, **fields: Any) -> None:
        self._jobs[job.id] = replace(job, **fields)

    def _cancel(self, job: DemoJob) -> None:
        if job.state is DemoState.PENDING:
            self._change(job, state=DemoState.CANCELLED, ended=self.clock(), expected=None)
        elif job.state is DemoState.RUNNING:
            self._end(job, DemoState.CANCELLED, DemoReason.NONE, exit_signal=15)

    def _cancel_tasks(self, job: DemoJob, array: Array, tasks: Collection[int]) -> None:
        left = tuple(task for task in array.tasks if task not in tasks)
        if not left:
            self._cancel(job)
        elif left != array.tasks:
            self._change(job, array=replace(array, tasks=left))

    def _end(self, job: DemoJob, state: DemoState, reason: DemoReason, exit_signal: int = 0) -> None:
        now = self.clock()
        run = self._runs[job.id]
        run.processes.end(state)
        run.kill_at = now + KILL_SECONDS
        self._change(job, state=state, reason=reason, ended=now, completing=True, exit_signal=exit_signal)

    def _lose(self, job: DemoJob, requeue_seconds: float) -> None:
        now = self.clock()
        self._runs.pop(job.id).processes.kill()
        if job.completing:
            self._change(job, completing=False)
        elif job.request.requeue:
            begin = now + requeue_seconds
            waiting = DemoJob(
                job.id, job.request, job.submitted, begin, reason=DemoReason.BEGIN_TIME, expected=begin
            )
            self._change(waiting, restarts=job.restarts + 1, array=job.array)
        else:
            self._change(job, state=DemoState.NODE_FAIL, reason=DemoReason.NODE_DOWN, ended=now)

    def _reap(self) -> None:
        for id, run in list(self._runs.items()):
            status = run.processes.poll()
            if status is not None:
                del self._runs[id]
                self._ended(self._jobs[id], *status)
            elif self.clock() >= run.kill_at:
                run.processes.kill()

    def _ended(self, job: DemoJob, code: int, signal: int) -> None:
        if job.completing:
            self._change(job, completing=False, left=(code, signal))
            return
        state = DemoState.FAILED if code or signal else DemoState.COMPLETED
        reason = DemoReason.LAUNCH_FAILURE if signal else DemoReason.NONZERO_EXIT if code else DemoReason.NONE
        self._change(job, state=state, reason=reason, ended=self.clock(), exit_code=code, exit_signal=signal)

    def _enforce_limits(self) -> None:
        for job in self.history():
            if job.state is DemoState.RUNNING and job.deadline is not None and self.clock() >= job.deadline:
                self._end(job, DemoState.TIMEOUT, DemoReason.OUT_OF_TIME)

    def _schedule(self) -> None:
        blocked: set[str] = set()
        for job in self.history():
            if job.state is not DemoState.PENDING:
                continue
            look = Scheduling(self.inventory, self.history(), self._down, self.clock(), self._queue_seconds)
            verdict = look.verdict(job, behind=job.request.partition in blocked)
            if isinstance(verdict, Node):
                self._start(job, verdict)
                continue
            self._change(job, reason=verdict, expected=look.expected(job, verdict))
            if verdict is DemoReason.RESOURCES:
                blocked.add(job.request.partition)

    def _start(self, job: DemoJob, node: Node) -> None:
        array = job.array
        if array is not None and array.waiting:
            job = self._next_task(job, array)
        started = replace(
            job, state=DemoState.RUNNING, reason=DemoReason.NONE, node=node.name, started=self.clock()
        )
        self._jobs[job.id] = started
        self._run(started)

    def _next_task(self, job: DemoJob, array: Array) -> DemoJob:
        """Return the record of the array's next task: a new one while others wait, the array's record for the last."""
        first, *others = array.tasks
        if not others:
            return replace(job, array=replace(array, waiting=False))
        self._change(job, array=replace(array, tasks=tuple(others)))
        return replace(job, id=next(self._ids), array=replace(array, tasks=(first,), waiting=False))

    def _run(self, job: DemoJob) -> None:
        try:
            self._runs[job.id] = _Run(self._launch(job))
        except JobStartError:
            self._change(
                job,
                state=DemoState.FAILED,
                reason=DemoReason.LAUNCH_FAILURE,
                ended=self.clock(),
                exit_signal=53,
            )
