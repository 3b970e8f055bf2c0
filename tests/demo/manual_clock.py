"""A queue whose time and processes are moved by hand."""

from dataclasses import dataclass, field, replace

from jupystra_tui.demo.demo_job import DemoJob, DemoRequest, DemoState
from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.inventory import PRACTICE

ASKED = DemoRequest(name="job", partition="short", script="", folder="", output="", account="", qos="")


@dataclass
class FakeProcesses:
    """The processes of a job; they end when a story says so, or when killed."""

    job: DemoJob
    status: tuple[int, int] | None = None
    told: list[DemoState] = field(default_factory=list)
    obeys: bool = True

    def poll(self) -> tuple[int, int] | None:
        return self.status

    def end(self, why: DemoState) -> None:
        self.told.append(why)
        if self.obeys:
            self.status = (0, 15)

    def kill(self) -> None:
        self.status = (0, 9)


class HandClock:
    """A queue of the practice site, at a time that only `after` moves."""

    def __init__(self, queue_seconds: float = 3.0) -> None:
        self.now = 1_000_000.0
        self.launched: dict[int, FakeProcesses] = {}
        self.queue = DemoQueue(PRACTICE, self._launch, queue_seconds=queue_seconds, clock=lambda: self.now)

    def submit(self, **asked: object) -> int:
        """The id of a new job with these wishes."""
        return self.queue.submit(replace(ASKED, **asked))  # type: ignore[arg-type]

    def after(self, seconds: float) -> None:
        """Let that much time pass."""
        self.now += seconds
        self.queue.step()

    def job(self, id: int) -> DemoJob:
        """A job as it stands."""
        return next(job for job in self.queue.history() if job.id == id)

    def _launch(self, job: DemoJob) -> FakeProcesses:
        self.launched[job.id] = FakeProcesses(job)
        return self.launched[job.id]
