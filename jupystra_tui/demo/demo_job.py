"""A job of the practice cluster, independent of the scheduler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class DemoState(Enum):
    """The state of a job; all but the first two are final."""

    PENDING = auto()
    RUNNING = auto()
    COMPLETED = auto()
    FAILED = auto()
    CANCELLED = auto()
    TIMEOUT = auto()
    NODE_FAIL = auto()


class DemoReason(Enum):
    """Why a job waits, or why it ended as it did."""

    NONE = auto()
    RESOURCES = auto()
    PRIORITY = auto()
    BEGIN_TIME = auto()
    ARRAY_LIMIT = auto()
    OVER_TIME_LIMIT = auto()
    NO_NODE_LARGE_ENOUGH = auto()
    NONZERO_EXIT = auto()
    LAUNCH_FAILURE = auto()
    OUT_OF_TIME = auto()
    NODE_DOWN = auto()


@dataclass(frozen=True)
class DemoRequest:
    """The requested resources; minutes None is no limit, memory (megabytes) None is the site's default per CPU.

    `memory_limit` (megabytes) and `requirement` are LSF's: the limit that it would enforce, and the text of -R.
    """

    name: str
    partition: str
    script: str
    folder: str
    output: str
    append: bool = False
    cpus: int = 1
    memory: int | None = None
    memory_limit: int | None = None
    minutes: int | None = 60
    gpus: int = 0
    gpu: str = ""
    gres: str = ""
    feature: str = ""
    requirement: str = ""
    account: str = ""
    qos: str = ""
    command: str = ""
    comment: str = ""
    requeue: bool = True
    umask: int = 0o022
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Array:
    """The tasks of a job array in one record: several while they are pending, one once it runs."""

    id: int
    tasks: tuple[int, ...]
    limit: int
    waiting: bool = True


@dataclass(frozen=True)
class DemoJob:
    """One record of the queue; times are seconds since 1970, None if not known yet.

    `left` is the exit code and signal with which a job's processes ended that the scheduler had ended.
    """

    id: int
    request: DemoRequest
    submitted: float
    eligible: float
    state: DemoState = DemoState.PENDING
    reason: DemoReason = DemoReason.NONE
    node: str = ""
    expected: float | None = None
    started: float | None = None
    ended: float | None = None
    completing: bool = False
    exit_code: int = 0
    exit_signal: int = 0
    restarts: int = 0
    left: tuple[int, int] | None = None
    array: Array | None = None

    @property
    def active(self) -> bool:
        """Whether it holds CPUs on a node."""
        return self.state is DemoState.RUNNING or self.completing

    @property
    def deadline(self) -> float | None:
        """When its walltime ends, or would end if it started as expected."""
        start = self.started if self.started is not None else self.expected
        if start is None or self.request.minutes is None:
            return None
        return start + self.request.minutes * 60

    def elapsed(self, now: float) -> float:
        """Seconds that it has run at `now`."""
        if self.started is None:
            return 0.0
        return max(0.0, (self.ended if self.ended is not None else now) - self.started)
