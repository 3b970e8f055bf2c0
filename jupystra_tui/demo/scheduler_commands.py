"""The interface between the site and a scheduler's stub commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jupystra_tui.demo.demo_job import DemoJob, DemoState


@dataclass(frozen=True)
class CommandCall:
    """A stub command as it was run.

    `read_stdin` reads its standard input to the end; `print_error` prints on its standard error while it runs.
    """

    argv: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    umask: int
    read_stdin: Callable[[], str]
    print_error: Callable[[str], None]


@dataclass(frozen=True)
class CommandReply:
    """What the command prints, and the code it ends with."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


class JobTraces(Protocol):
    """What a scheduler adds to a job."""

    def environment(self, job: DemoJob) -> Mapping[str, str]:
        """The variables it sets in the job."""

    def output(self, job: DemoJob) -> str:
        """The path of the job's output file."""

    def end_notice(self, job: DemoJob, why: DemoState) -> str:
        """The line that a job ended by the scheduler finds in its output."""

    def deliver(self, job: DemoJob) -> None:
        """Called after its processes have ended: some schedulers write the output only then."""


class SchedulerCommands(Protocol):
    """A scheduler's commands, run against the practice queue."""

    names: tuple[str, ...]

    def answer(self, name: str, call: CommandCall) -> CommandReply:
        """Run one of them."""

    @property
    def switches(self) -> Mapping[str, Callable[..., object]]:
        """The faults that can be simulated: at least `stop_controller` and `start_controller`."""
