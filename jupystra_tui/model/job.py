"""Jobs and snapshots of the queue."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.app_server import AppServer
from jupystra_tui.model.reason import NO_REASON, Reason


class JobState(Enum):
    """A job's state in any scheduler; the value is the word shown."""

    PENDING = "pending"
    RUNNING = "running"
    ENDING = "ending"
    SUSPENDED = "suspended"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"
    TIMEOUT = "timed out"
    DEADLINE = "past deadline"
    OUT_OF_MEMORY = "out of memory"
    NODE_FAIL = "node failed"
    UNKNOWN = "unknown"

    @property
    def finished(self) -> bool:
        """Whether the job will never run again by itself."""
        return self in _FINISHED


_FINISHED = {
    JobState.DONE,
    JobState.FAILED,
    JobState.CANCELLED,
    JobState.PREEMPTED,
    JobState.TIMEOUT,
    JobState.DEADLINE,
    JobState.OUT_OF_MEMORY,
    JobState.NODE_FAIL,
}


class Job(Struct, frozen=True, gc=False):
    """One row of the queue. All text is clean.

    `id` is what the scheduler and the user interface show (`45_[2-5%2]` for the pending tasks of an array). `key`
    identifies the row and does not change as tasks start and end: the job's number in its own environment, or
    `45_[waiting]` and `45_[ended]` for several tasks of an array. `array` is the array's number, `tasks` the tasks in
    this row (`2-5`, empty if the scheduler abbreviated the list). `word` is the scheduler's state word. `node` is the
    first host, `nodes` the list as printed. Units: seconds and MiB; None if not known. `starts` and `submitted` are
    the site's local times as printed, empty if not known. `listed` is whether the latest poll listed it.
    """

    id: str
    key: str
    name: str
    state: JobState
    word: str = ""
    reason: Reason = NO_REASON
    queue: str = ""
    node: str = ""
    nodes: str = ""
    left: int | None = None
    limit: int | None = None
    used: int | None = None
    cores: int | None = None
    memory: int | None = None
    gpus: str = ""
    account: str = ""
    starts: str = ""
    submitted: str = ""
    array: str = ""
    tasks: str = ""
    listed: bool = True

    @property
    def killable(self) -> bool:
        """Whether it can be killed: it is listed, and neither ended nor ending."""
        over = self.state.finished or self.state is JobState.ENDING
        return self.listed and not over and not (self.array and not self.tasks)


class KillPart(Struct, frozen=True):
    """Jobs to kill: `id` as the scheduler's kill command accepts it (`111_4`, `111_[5-7]`), and their state."""

    id: str
    state: JobState
    name: str = ""


def same_host(one: str, other: str) -> bool:
    """Return whether two names mean the same host; one of them may lack the domain."""
    if "." in one and "." in other:
        return one.lower() == other.lower()
    return one.partition(".")[0].lower() == other.partition(".")[0].lower()


class Snapshot(Struct, frozen=True):
    """The queue of one cluster at one moment, `taken` in seconds since 1970 on this laptop's clock.

    `servers` are the servers found in the same poll. `unread` are lines that could not be parsed; they are shown.
    """

    cluster: str
    taken: float
    jobs: tuple[Job, ...] = ()
    servers: tuple[AppServer, ...] = ()
    unread: tuple[str, ...] = ()
