"""LSF behind the face that all schedulers have."""

from collections.abc import Sequence

from msgspec import Struct, structs

from jupystra_tui.model import Cluster, JobRequest, Partition, Problem
from jupystra_tui.model.reasons import plain_reason
from jupystra_tui.schedulers import checks
from jupystra_tui.schedulers.base import Listing
from jupystra_tui.schedulers.lsf import (
    describe,
    dialects,
    ending,
    failures,
    ids,
    listing,
    lookup,
    site,
    submit,
    words,
)
from jupystra_tui.schedulers.lsf.dialects import WIDE, Dialect
from jupystra_tui.schedulers.lsf.submit import Memory

_UNSET = (
    "BSUB_BLOCK", "BSUB_QUIET", "BSUB_QUIET2", "BSUB_STDERR", "LSB_BJOBS_DISPLAY_ENH", "LSB_BJOBS_FORMAT",
    "LSB_BJOBS_CONSISTENT_EXIT_CODE", "LSB_BJOBS_PENDREASON_LEVEL", "LSB_BHIST_FORMAT", "LSB_BQUEUES_FORMAT",
    "LSB_BHOSTS_FORMAT", "LSB_DISPLAY_YEAR", "LSB_SHORT_HOSTLIST", "LSB_SUB_COMMANDNAME",
)  # fmt: skip
_WORDS = checks.Words("LSF", "queue", "bsub", frozenset(
    {"-o", "-oo", "-e", "-eo", "-i", "-is", "-J", "-K", "-I", "-Ip", "-Is", "-h", "-V", "-B", "-N", "-Zs"}
))  # fmt: skip


class Lsf(Struct, frozen=True):
    """LSF: IBM's 9.1 and 10.1, and the open-source line, asked with bjobs, bsub, bkill, bhist, bqueues and bhosts.

    `dialect` is the form in which the site's bjobs is asked, `memory` how the site counts it.
    """

    dialect: Dialect = WIDE
    memory: Memory = Memory()

    @property
    def name(self) -> str:
        """The word of the configuration."""
        return "lsf"

    @property
    def unset(self) -> tuple[str, ...]:
        """Variables that would change what LSF prints, or make bsub wait or keep the job's id to itself."""
        return _UNSET

    version_command = staticmethod(describe.version_command)
    parse_version = staticmethod(describe.parse_version)
    survey_script = staticmethod(dialects.survey_script)
    parse_id = staticmethod(ids.parse_id)
    write_id = staticmethod(ids.write_id)
    explain_failure = staticmethod(failures.explain_failure)
    submit_command = staticmethod(submit.submit_command)
    lookup_script = staticmethod(lookup.lookup_script)
    parse_lookup = staticmethod(lookup.parse_lookup)
    parse_submit = staticmethod(submit.parse_submit)
    cancel_command = staticmethod(ending.cancel_command)
    parse_cancel = staticmethod(ending.parse_cancel)
    describe_command = staticmethod(describe.describe_command)
    parse_describe = staticmethod(describe.parse_describe)
    partitions_script = staticmethod(site.partitions_script)
    parse_partitions = staticmethod(site.parse_partitions)
    nodes_command = staticmethod(site.nodes_command)
    parse_nodes = staticmethod(site.parse_nodes)
    finished_command = staticmethod(ending.finished_command)
    parse_finished = staticmethod(ending.parse_finished)
    finished_fallback_script = staticmethod(ending.finished_fallback_script)
    parse_finished_fallback = staticmethod(ending.parse_finished)
    first_host = staticmethod(words.first_host)

    def suited(self, survey: str, cluster: Cluster) -> "Lsf":
        """Return LSF as this site speaks it; the person's `memory_unit` overrules lsf.conf.

        Raises SchedulerError where LSF does not find its settings.
        """
        if not dialects.is_set_up(survey):
            raise failures.explain_failure(255, "lsf.conf", "bjobs")
        unit = cluster.memory_unit.upper() or dialects.unit_in(survey)
        reserve = unit if cluster.memory_unit or dialects.is_unit_set(survey) else "MB"
        memory = Memory(unit, reserve, dialects.reserves_per_task(survey))
        return structs.replace(self, dialect=dialects.dialect_in(survey), memory=memory)

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return shell text that lists the jobs of `user` in the site's dialect."""
        return listing.list_script(self.dialect, user, mark, numbers)

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Read what `list_script` printed; the exit code means nothing."""
        return listing.parse_list(text, mark, stderr)

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return the #BSUB lines and the redirection of the output."""
        return submit.script_header(request, log, tag, self.memory)

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each naming its field."""
        return checks.check(request, partitions, _WORDS, age)

    def plain_reason(self, reason: str) -> str:
        """Return a sentence or two for LSF's reasons."""
        return plain_reason(reason)[1]
