"""LSF: IBM's 9.1 and 10.1, and the open-source line; bjobs, bsub, bkill, bhist, bqueues and bhosts."""

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from jupystra_tui.model import Cluster, JobRequest, JobState, Partition, Problem
from jupystra_tui.schedulers.lsf import (
    lsf_accounting,
    lsf_cancel,
    lsf_dialects,
    lsf_failures,
    lsf_ids,
    lsf_listing,
    lsf_lookup,
    lsf_site,
    lsf_submit,
)
from jupystra_tui.schedulers.lsf.lsf_dialects import WIDE, Dialect
from jupystra_tui.schedulers.lsf.lsf_memo import LsfMemo
from jupystra_tui.schedulers.lsf.lsf_submit import MemoryUnits
from jupystra_tui.schedulers.output_pattern import OutputPattern
from jupystra_tui.schedulers.request_checks import Terms, check
from jupystra_tui.schedulers.roles import Argv, Ending, Listing, Scheduler

_UNSET = (
    "BSUB_BLOCK", "BSUB_QUIET", "BSUB_QUIET2", "BSUB_STDERR", "LSB_BJOBS_DISPLAY_ENH", "LSB_BJOBS_FORMAT",
    "LSB_BJOBS_CONSISTENT_EXIT_CODE", "LSB_BJOBS_PENDREASON_LEVEL", "LSB_BHIST_FORMAT", "LSB_BQUEUES_FORMAT",
    "LSB_BHOSTS_FORMAT", "LSB_DISPLAY_YEAR", "LSB_SHORT_HOSTLIST", "LSB_SUB_COMMANDNAME",
)  # fmt: skip
_TERMS = Terms("queue", "bsub", frozenset(
    {"-o", "-oo", "-e", "-eo", "-i", "-is", "-J", "-K", "-I", "-Ip", "-Is", "-h", "-V", "-B", "-N", "-Zs"}
))  # fmt: skip


class LsfQueue(Struct, frozen=True):
    """bjobs, in the form that the site's bjobs accepts, and bkill; `memo` is of one login."""

    dialect: Dialect = WIDE
    memo: LsfMemo | None = None

    state_query = staticmethod(lsf_listing.state_query)
    parse_id = staticmethod(lsf_ids.parse_id)
    write_id = staticmethod(lsf_ids.write_id)
    parse_cancel = staticmethod(lsf_cancel.parse_cancel)

    def cancel_command(self, ids: Iterable[str]) -> Argv:
        """Return bkill for these jobs, and remember them: the accounting may call them done."""
        named = tuple(ids)
        command = lsf_cancel.cancel_command(named)
        if self.memo:
            self.memo.note_killed(named)
        return command

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return shell text that lists the jobs of `user` in the site's dialect."""
        return lsf_listing.list_script(self.dialect, user, mark, numbers, self.memo)

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Parse the output of `list_script`; LSF's exit code has no meaning."""
        return lsf_listing.parse_list(text, mark, stderr, self.memo)


class LsfSubmission(Struct, frozen=True):
    """bsub, with memory in the site's units."""

    memory: MemoryUnits = MemoryUnits()

    submit_command = staticmethod(lsf_submit.submit_command)
    parse_submit = staticmethod(lsf_submit.parse_submit)
    id_program = staticmethod(lsf_submit.id_program)
    lookup_script = staticmethod(lsf_lookup.lookup_script)
    parse_lookup = staticmethod(lsf_lookup.parse_lookup)

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return the #BSUB lines and the redirection of the output."""
        return lsf_submit.script_header(request, log, tag, self.memory)

    def parse_notice(self, stderr: str) -> str:
        """Return nothing: what bsub prints beside the id is chatter."""
        return ""

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each with its field."""
        return check(request, partitions, _TERMS, age)


class LsfAccounting(Struct, frozen=True):
    """bhist; `memo` is of one login, and knows which jobs it killed."""

    memo: LsfMemo | None = None

    finished_command = staticmethod(lsf_accounting.finished_command)
    finished_fallback_script = staticmethod(lsf_accounting.finished_fallback_script)

    def parse_finished(self, text: str) -> dict[str, Ending]:
        """Return state and word by job; bhist does not say of an array's elements that the array was killed."""
        found = lsf_accounting.parse_finished(text)
        return {key: self._as_killed(key, ending) for key, ending in found.items()}

    def parse_finished_fallback(self, text: str) -> dict[str, Ending]:
        """Return the same for the output of `finished_fallback_script`."""
        return self.parse_finished(text)

    def _as_killed(self, key: str, ending: Ending) -> Ending:
        unclear = ending[0] in (JobState.DONE, JobState.FAILED)
        return (JobState.CANCELLED, "") if unclear and self.memo and self.memo.was_killed(key) else ending


class LsfSite(Struct, frozen=True):
    """bqueues, bparams, bhosts and lshosts; `memo` is of one login, and learns the queues' run limits."""

    memo: LsfMemo | None = None

    version_command = staticmethod(lsf_site.version_command)
    parse_version = staticmethod(lsf_site.parse_version)
    survey_script = staticmethod(lsf_dialects.survey_script)
    partitions_script = staticmethod(lsf_site.partitions_script)
    nodes_command = staticmethod(lsf_site.nodes_command)
    parse_nodes = staticmethod(lsf_site.parse_nodes)

    def parse_partitions(self, text: str) -> tuple[Partition, ...]:
        """Return the queues; raises SchedulerError if there are none."""
        if self.memo:
            self.memo.queue_limits.update(lsf_site.usual_limits(text))
        return lsf_site.parse_partitions(text)

    def adapt(self, scheduler: Scheduler, survey: str, cluster: Cluster) -> Scheduler:
        """Return LSF in the site's dialect and units; the user's `memory_unit` overrules lsf.conf.

        Raises SchedulerError if LSF does not find its configuration.
        """
        if not lsf_dialects.is_set_up(survey):
            raise lsf_failures.explain_failure(255, "lsf.conf", "bjobs")
        unit = cluster.memory_unit.upper() or lsf_dialects.unit_in(survey)
        reserve = unit if cluster.memory_unit or lsf_dialects.is_unit_set(survey) else "MB"
        memory = MemoryUnits(unit, reserve, lsf_dialects.reserves_per_task(survey))
        memo = LsfMemo()
        return structs.replace(
            scheduler,
            queue=LsfQueue(lsf_dialects.dialect_in(survey), memo),
            submission=LsfSubmission(memory),
            accounting=LsfAccounting(memo),
            site=LsfSite(memo),
        )


SCHEDULER = Scheduler(
    name="lsf",
    queue=LsfQueue(),
    submission=LsfSubmission(),
    accounting=LsfAccounting(),
    site=LsfSite(),
    unset=_UNSET,
    node_variables=("LSB_MCPU_HOSTS",),
    job_variables=("LSB_JOBID",),
    output=OutputPattern("JI", job="J"),
    submit_variables="^LSB_DEFAULT",
)
