"""A toy scheduler, as a contributor would add one: a module, and one line in the registry.

Its program is `toy`, a few lines of shell that keep jobs as files in a folder. It starts no job: jobs wait.
"""

import shlex
from collections.abc import Iterable, Sequence

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Cluster, Job, JobRequest, JobState, Partition, Problem
from jupystra_tui.model.reason import NO_REASON, Reason, unknown_reason
from jupystra_tui.schedulers.request_checks import Terms, check
from jupystra_tui.schedulers.roles import Argv, Ending, JobId, Listing, Scheduler, StateQuery
from jupystra_tui.schedulers.state_query import state_program

PROGRAM = r"""
cd "$HOME" && mkdir -p toy && cd toy || exit
case $1 in
version) echo "toy 1.0" ;;
submit)
  id=$(($(ls | wc -l) + 1))
  echo "WAITING no-elf $2" >"$id" && cat >/dev/null
  echo "Toy accepted job number $id, thank you." ;;
list)
  for id in *; do [ -e "$id" ] && echo "$id $(cat "$id")"; done
  echo end ;;
kill)
  shift
  for id; do echo "KILLED - $(cut -d ' ' -f 3 "$id")" >"$id"; done ;;
boxes) echo "attic 4" ;;
esac
"""
STATES = {JobState.PENDING: "WAITING", JobState.RUNNING: "BUSY", JobState.CANCELLED: "KILLED"}
REASONS = {
    "no-elf": Reason("no-elf", "no free elf", "All elves are busy. It starts when one has time."),
    "no-such-elf": Reason("no-such-elf", "never", "No elf can do this. Kill it.", never_starts=True),
}
_BY_WORD = {word: state for state, word in STATES.items()}


class ToyQueue:
    """toy list and toy kill."""

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return toy list."""
        return "toy list"

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Parse `1 WAITING no-elf name` lines; the last line is `end`."""
        *lines, end = text.decode().splitlines() or [""]
        if rc or end != "end":
            raise SchedulerError("toy list failed", "Try again.", stderr)
        return Listing(tuple(_job(*line.split(" ", 3)) for line in lines))

    def parse_id(self, text: str) -> JobId | None:
        """Return a number."""
        return JobId(text) if text.isdecimal() else None

    def write_id(self, job: JobId) -> str:
        """Return the number."""
        return job.number

    def cancel_command(self, ids: Iterable[str]) -> Argv:
        """Return toy kill."""
        return "toy", "kill", *ids

    def parse_cancel(self, rc: int, stderr: str) -> None:
        """Refuse nothing but failures."""
        if rc:
            raise SchedulerError("toy kill failed", "Try again.", stderr)

    def state_query(self, job: str) -> StateQuery:
        """Return the job's line of toy list."""
        return StateQuery(
            f"toy list | grep {shlex.quote(f'^{job} ')}", state_program(f"^{job} @WORD .*", STATES)
        )


class ToySubmission:
    """toy submit."""

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return where the output goes."""
        return (f"exec >>{shlex.quote(log)} 2>&1",)

    def submit_command(self, request: JobRequest, log: str, tag: str) -> Argv:
        """Return toy submit with the tag as the name."""
        return "toy", "submit", tag

    def parse_submit(self, stdout: str, stderr: str, rc: int) -> str:
        """Return the number in the sentence."""
        words = stdout.partition(" job number ")[2].split(",")
        if rc or not words[0].isdecimal():
            raise SchedulerError("toy refused the job", "Change the request.", stderr)
        return words[0]

    def parse_notice(self, stderr: str) -> str:
        """Return nothing: toy never says more."""
        return ""

    def id_program(self) -> str:
        """Return sed's program for the same."""
        return r"s/.* job number \([0-9]*\),.*/\1/p"

    def lookup_script(self, request: JobRequest, tag: str) -> str:
        """Return toy list."""
        return "toy list"

    def parse_lookup(self, tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
        """Return the numbers of jobs with that name."""
        return tuple(line.split()[0] for line in stdout.splitlines() if line.endswith(f" {tag}"))

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return what the checks for all schedulers find."""
        return check(request, partitions, Terms("box", "toy submit", frozenset()), age)


class ToyAccounting:
    """The list: nothing is forgotten."""

    def finished_command(self, keys: Iterable[str]) -> Argv:
        """Return toy list."""
        return "toy", "list"

    def parse_finished(self, text: str) -> dict[str, Ending]:
        """Return the endings of jobs that have ended."""
        jobs = (_job(*line.split(" ", 3)) for line in text.splitlines() if line != "end")
        return {job.key: (job.state, job.word) for job in jobs if job.state.finished}

    def finished_fallback_script(self, keys: Iterable[str]) -> str:
        """Return the same."""
        return "toy list"

    def parse_finished_fallback(self, text: str) -> dict[str, Ending]:
        """Return the same."""
        return self.parse_finished(text)


class ToySite:
    """toy version and toy boxes."""

    def version_command(self) -> Argv:
        """Return toy version."""
        return "toy", "version"

    def parse_version(self, text: str) -> str:
        """Return `1.0` from `toy 1.0`."""
        return text.strip().removeprefix("toy ")

    def survey_script(self) -> str:
        """Return nothing."""
        return ""

    def adapt(self, scheduler: Scheduler, survey: str, cluster: Cluster) -> Scheduler:
        """Return it unchanged."""
        return scheduler

    def partitions_script(self) -> str:
        """Return toy boxes."""
        return "toy boxes"

    def parse_partitions(self, text: str) -> tuple[Partition, ...]:
        """Parse `attic 4`."""
        rows = [line.split() for line in text.splitlines()]
        return tuple(Partition(name, default=True, nodes=int(nodes)) for name, nodes in rows)

    def nodes_command(self) -> Argv:
        """Return nothing of use."""
        return ("true",)

    def parse_nodes(self, text: str) -> tuple[str, ...]:
        """Return no nodes."""
        return ()


def _job(number: str, word: str, reason: str, name: str) -> Job:
    why = NO_REASON if reason == "-" else REASONS.get(reason) or unknown_reason(reason)
    return Job(number, number, name, _BY_WORD.get(word, JobState.UNKNOWN), word, why)


SCHEDULER = Scheduler(
    name="toy",
    queue=ToyQueue(),
    submission=ToySubmission(),
    accounting=ToyAccounting(),
    site=ToySite(),
    unset=("TOY_OPTIONS",),
    node_variables=("TOY_NODE",),
    job_variables=("TOY_JOB",),
)
