"""What a scheduler consists of: four roles that build commands and parse their output."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from jupystra_tui.model import Cluster, Job, JobRequest, JobState, Partition, Problem
from jupystra_tui.schedulers.output_pattern import OutputPattern

Argv = tuple[str, ...]
Ending = tuple[JobState, str]
"""A state in which a job ended, and the scheduler's word for it."""


class Listing(Struct, frozen=True):
    """The jobs of one poll, and the records that could not be parsed; all text is clean.

    `unsure` are the keys of jobs that have ended, where the list does not say how: the accounting knows more.
    """

    jobs: tuple[Job, ...]
    unread: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


class JobId(NamedTuple):
    """The parts of a job id; `tasks` are the named tasks of an array, None for the whole job."""

    number: str
    tasks: frozenset[int] | None = None


class StateQuery(NamedTuple):
    """How a shell script asks for the state of one job.

    `command` prints the state. `program` is a sed program that turns the output into one word: `running`, `waiting`,
    `suspended` or `over`; no output means that the scheduler did not answer.
    """

    command: str
    program: str


class QueueRole(Protocol):
    """Lists and cancels jobs. Parsers raise SchedulerError for an error message and for what they cannot parse."""

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return shell text that lists the jobs of `user`, or only those with these numbers.

        `mark` is a fresh nonce that no job name contains.
        """

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Parse the output of `list_script`."""

    def parse_id(self, text: str) -> JobId | None:
        """Return the parts of an id as a user types it or as the list shows it; None if it is not a job id."""

    def write_id(self, job: JobId) -> str:
        """Return the id as the cancel command accepts it; for some tasks of an array, only those."""

    def cancel_command(self, ids: Iterable[str]) -> Argv:
        """Return the command that kills these jobs; raises ValueError for what is not a job id."""

    def parse_cancel(self, rc: int, stderr: str) -> None:
        """Raise SchedulerError if the cancel command was refused; jobs that have already ended are not an error."""

    def state_query(self, job: str) -> StateQuery:
        """Return how the connect script asks for the state of a job."""


class SubmissionRole(Protocol):
    """Submits a batch script, and finds the job if the answer was lost."""

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return the first lines of the batch script: directives, and shell lines if the output needs them.

        `log` is the path of the job's output, a pattern of this scheduler; `tag` names this submission.
        """

    def submit_command(self, request: JobRequest, log: str, tag: str) -> Argv:
        """Return the command that reads the batch script from its standard input."""

    def parse_submit(self, stdout: str, stderr: str, rc: int) -> str:
        """Return the id of the new job, whatever else was printed.

        Raises SchedulerError if it was refused, MaybeSubmitted if the job may have been accepted.
        """

    def parse_notice(self, stderr: str) -> str:
        """Return what the site says about a job that was accepted, from the submit command's errors; may be empty."""

    def id_program(self) -> str:
        """Return a sed program that prints the id from the submit command's output, or nothing.

        It runs on the login node, so that the id is kept there if the connection breaks.
        """

    def lookup_script(self, request: JobRequest, tag: str) -> str:
        """Return shell text that finds the jobs of one submission: pending, running or ended."""

    def parse_lookup(self, tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
        """Return the ids that `lookup_script` found, oldest first; raises SchedulerError if there is no answer."""

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each with its field; `partitions` may be empty.

        `age` is how many seconds ago the partitions were read: old ones give warnings only.
        """


class AccountingRole(Protocol):
    """Asks how jobs ended."""

    def finished_command(self, keys: Iterable[str]) -> Argv:
        """Return the command that asks the accounting how these jobs ended."""

    def parse_finished(self, text: str) -> dict[str, Ending]:
        """Return the endings by job key; jobs that the accounting does not know are absent."""

    def finished_fallback_script(self, keys: Iterable[str]) -> str:
        """Return shell text that asks how a few jobs ended that the accounting does not know."""

    def parse_finished_fallback(self, text: str) -> dict[str, Ending]:
        """Return the same for the output of `finished_fallback_script`."""


class SiteRole(Protocol):
    """Finds out what a site has."""

    def version_command(self) -> Argv:
        """Return the command that prints the version; its program shows that this is the site's scheduler."""

    def parse_version(self, text: str) -> str:
        """Return the version number; raises SchedulerError if there is none."""

    def survey_script(self) -> str:
        """Return shell text that is run once after a login to learn how this site differs; may be empty."""

    def adapt(self, scheduler: "Scheduler", survey: str, cluster: Cluster) -> "Scheduler":
        """Return the scheduler for this site, from the output of `survey_script` and the user's settings.

        Raises SchedulerError if the scheduler's commands are installed but not configured.
        """

    def partitions_script(self) -> str:
        """Return shell text that prints the partitions and what their nodes have."""

    def parse_partitions(self, text: str) -> tuple[Partition, ...]:
        """Return the partitions; raises SchedulerError if there are none."""

    def nodes_command(self) -> Argv:
        """Return the command that lists compute nodes with their states."""

    def parse_nodes(self, text: str) -> tuple[str, ...]:
        """Return nodes that are up, one for each line of `nodes_command` that has one, without repetitions."""


class Scheduler(Struct, frozen=True):
    """A scheduler: its roles, and the environment variables that concern it.

    Commands are argv, quoted where the shell is fed. `name` is the word in the configuration. `unset` are variables
    that would change what its commands print. `node_variables` and `job_variables` are those in which a job finds its
    first node (the first word of the value) and its id; the first variable that is set counts. `output` are the
    patterns in an output file's name. `submit_variables` matches the names of variables that a submission takes from a
    login shell, where the user's start-up files set them.
    """

    name: str
    queue: QueueRole
    submission: SubmissionRole
    accounting: AccountingRole
    site: SiteRole
    unset: tuple[str, ...] = ()
    node_variables: tuple[str, ...] = ()
    job_variables: tuple[str, ...] = ()
    output: OutputPattern = OutputPattern()
    submit_variables: str = ""
