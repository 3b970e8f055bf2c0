"""What every scheduler can do: builders of commands, and readers of what they print."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster, Job, JobRequest, JobState, Partition, Problem

Argv = tuple[str, ...]
Ending = tuple[JobState, str]


class Listing(Struct, frozen=True):
    """The jobs of one look at the queue, and the records of it that could not be read; all text is clean.

    `unsure` are the keys of jobs that are over without the listing telling how: `finished_command` knows more.
    """

    jobs: tuple[Job, ...]
    unread: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


class JobId(NamedTuple):
    """A scheduler's id in its parts; `tasks` are those of an array that it names, None for all of the job."""

    number: str
    tasks: frozenset[int] | None = None


class Scheduler(Protocol):
    """A scheduler's commands and their readers.

    Commands are argv, quoted by whoever feeds the shell; `unset` names the environment variables that would change
    what they print. Readers raise SchedulerError for an answer that is an error or cannot be read.
    """

    @property
    def name(self) -> str:
        """The word of the configuration: `slurm`, `lsf`."""

    @property
    def unset(self) -> tuple[str, ...]:
        """Environment variables to unset before any of these commands."""

    def version_command(self) -> Argv:
        """Return the command that prints the scheduler's version."""

    def parse_version(self, text: str) -> str:
        """Return the version number."""

    def survey_script(self) -> str:
        """Return shell text that finds out once a login how this site differs, empty where none does."""

    def suited(self, survey: str, cluster: Cluster) -> "Scheduler":
        """Return the scheduler as this site speaks it, from what `survey_script` printed and the person set.

        Raises SchedulerError where its commands are there without their settings.
        """

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return shell text that lists the jobs of `user`, or those of these numbers among them.

        `mark` is a fresh nonce that no job name can hold.
        """

    def parse_id(self, text: str) -> JobId | None:
        """Return the parts of an id as a person writes it or as the list shows it; None for what is no id."""

    def write_id(self, job: JobId) -> str:
        """Return the id as the kill command takes it: of some tasks of an array just those."""

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Read what `list_script` printed and how it ended; raises SchedulerError where that is no list."""

    def explain_failure(self, rc: int, stderr: str, command: str) -> SchedulerError:
        """Return what went wrong in plain words, the scheduler's own words in it; `command` is the program's name."""

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return the lines that open the batch script: directives, and shell lines where the output needs them.

        `log` is the path of the job's output; `tag` names this one submission.
        """

    def submit_command(self, request: JobRequest, log: str, tag: str) -> Argv:
        """Return the command that takes the batch script on its standard input."""

    def lookup_script(self, request: JobRequest, tag: str) -> str:
        """Return shell text that finds the jobs of one submission, whether they wait, run or are over."""

    def parse_lookup(self, tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
        """Return the ids that `lookup_script` found, the oldest first; raises SchedulerError for no answer."""

    def parse_submit(self, stdout: str, stderr: str, rc: int) -> str:
        """Return the new job's id, whatever banners stand around it.

        Raises SchedulerError for a refusal, MaybeSubmitted where the job may have been taken all the same.
        """

    def cancel_command(self, ids: Iterable[str]) -> Argv:
        """Return the command that kills the jobs of these ids; raises ValueError for what is no id."""

    def parse_cancel(self, rc: int, stderr: str) -> None:
        """Raise SchedulerError for a refusal; jobs that have ended already are fine."""

    def describe_command(self, key: str) -> Argv:
        """Return the command that prints all there is to know of a job."""

    def parse_describe(self, text: str) -> tuple[tuple[str, str], ...]:
        """Return the fields and values of a job in the order printed, without the empty ones."""

    def partitions_script(self) -> str:
        """Return shell text that prints the partitions and what their nodes have."""

    def parse_partitions(self, text: str) -> tuple[Partition, ...]:
        """Return the partitions."""

    def nodes_command(self) -> Argv:
        """Return the command that lists compute nodes with their states."""

    def parse_nodes(self, text: str) -> tuple[str, ...]:
        """Return a node that is up for each line of `nodes_command` that has one, each node once."""

    def finished_command(self, keys: Iterable[str]) -> Argv:
        """Return the command that asks the accounting how jobs ended."""

    def parse_finished(self, text: str) -> dict[str, Ending]:
        """Return state and state word by key, for those that the accounting knows."""

    def finished_fallback_script(self, keys: Iterable[str]) -> str:
        """Return shell text that asks how a few jobs ended where the accounting does not know."""

    def parse_finished_fallback(self, text: str) -> dict[str, Ending]:
        """Return the same for what `finished_fallback_script` printed."""

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each naming its field; without partitions, those seen without them.

        `age` is how many seconds ago the partitions were read: what old ones say against a request is a warning.
        """

    def plain_reason(self, reason: str) -> str:
        """Return a sentence or two for a reason."""

    def first_host(self, nodelist: str) -> str:
        """Return the first host of a node list, empty where there is none."""
