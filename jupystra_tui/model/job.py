"""Jobs and the snapshots they come in."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.reason import NO_REASON, Reason
from jupystra_tui.model.server import JupyterServer


class JobState(Enum):
    """A job's state in any scheduler; the value is the word shown."""

    PENDING = "pending"
    RUNNING = "running"
    ENDING = "ending"
    SUSPENDED = "suspended"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMEOUT = "walltime"
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
    JobState.TIMEOUT,
    JobState.OUT_OF_MEMORY,
    JobState.NODE_FAIL,
}


class Job(Struct, frozen=True, gc=False):
    """One row of the queue. All text is clean.

    `id` is what the scheduler shows (`45_[2-5%2]` for the waiting tasks of an array) and what a person sees. `key`
    identifies the row and stays the same as tasks start and end: the number by which the scheduler's environment knows
    the job, or `45_[waiting]` and `45_[ended]` for several tasks of an array. `array` is the array's number, `tasks`
    those of its tasks that the row stands for (`2-5`, empty where the scheduler cut the list short). `word` is the
    scheduler's state word, `reason` its reason. `node` is the first host, `nodes` the list as printed. Units: seconds
    and MiB; None where it is not known. `starts` and `submitted` are the site's local times as it prints them, empty
    where unknown. `listed` is whether the scheduler still listed it in the latest look at the queue.
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
        """Whether there is something to kill: not in a row that the scheduler no longer has, or that is ending."""
        over = self.state.finished or self.state is JobState.ENDING
        return self.listed and not over and not (self.array and not self.tasks)


class KillPart(Struct, frozen=True):
    """What a kill ends: `id` as the scheduler's kill command takes it (`111_4`, `111_[5-7]`), and its state."""

    id: str
    state: JobState
    name: str = ""


def same_host(one: str, other: str) -> bool:
    """Return whether two names mean one host, also where only one of them carries its domain."""
    if "." in one and "." in other:
        return one.lower() == other.lower()
    return one.partition(".")[0].lower() == other.partition(".")[0].lower()


class Snapshot(Struct, frozen=True):
    """The queue of one cluster at one moment, `taken` in seconds since 1970 on this laptop's clock.

    `servers` are the Jupyter servers whose runtime files were found in the same look. `unread` are lines that could
    not be read, shown rather than dropped.
    """

    cluster: str
    taken: float
    jobs: tuple[Job, ...] = ()
    servers: tuple[JupyterServer, ...] = ()
    unread: tuple[str, ...] = ()
