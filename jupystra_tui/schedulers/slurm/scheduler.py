"""Slurm behind the face that all schedulers have."""

from jupystra_tui.model import Cluster, JobRequest, Partition, Problem
from jupystra_tui.model.reasons import plain_reason
from jupystra_tui.schedulers import checks
from jupystra_tui.schedulers.slurm import (
    describe,
    ending,
    failures,
    ids,
    listing,
    lookup,
    site,
    submit,
    words,
)

_UNSET = (
    "SACCT_FEDERATION", "SACCT_FORMAT", "SACCT_LOCAL",
    "SCANCEL_ACCOUNT", "SCANCEL_BATCH", "SCANCEL_CTLD", "SCANCEL_FULL", "SCANCEL_HURRY", "SCANCEL_INTERACTIVE",
    "SCANCEL_NAME", "SCANCEL_PARTITION", "SCANCEL_QOS", "SCANCEL_STATE", "SCANCEL_USER", "SCANCEL_VERBOSE",
    "SCANCEL_WCKEY",
    "SCONTROL_ALL", "SCONTROL_FEDERATION", "SCONTROL_FUTURE", "SCONTROL_LOCAL", "SCONTROL_SIBLING",
    "SINFO_ALL", "SINFO_FEDERATION", "SINFO_FORMAT", "SINFO_FUTURE", "SINFO_LOCAL", "SINFO_PARTITION", "SINFO_SORT",
    "SQUEUE_ACCOUNT", "SQUEUE_ALL", "SQUEUE_ARRAY", "SQUEUE_FEDERATION", "SQUEUE_FORMAT", "SQUEUE_FORMAT2",
    "SQUEUE_LICENSES", "SQUEUE_LOCAL", "SQUEUE_NAMES", "SQUEUE_PARTITION", "SQUEUE_PRIORITY", "SQUEUE_QOS",
    "SQUEUE_SIBLING", "SQUEUE_SORT", "SQUEUE_STATES", "SQUEUE_USERS",
    "SBATCH_CLUSTERS", "SLURM_CLUSTERS", "SLURM_DEBUG_FLAGS", "SLURM_JSON", "SLURM_TIME_FORMAT", "SLURM_YAML",
)  # fmt: skip

_WORDS = checks.Words("Slurm", "partition", "sbatch", frozenset({
    "-o", "--output", "-e", "--error", "-i", "--input", "--open-mode", "-a", "--array", "--wrap", "-W", "--wait",
    "--test-only", "--parsable", "-h", "--help", "-V", "--version", "-D", "--chdir", "-Q", "--quiet", "--usage",
}))  # fmt: skip


class Slurm:
    """Slurm from 20.11 on, asked with squeue, sbatch, scancel, scontrol, sinfo and sacct."""

    name = "slurm"
    unset = _UNSET

    version_command = staticmethod(describe.version_command)
    parse_version = staticmethod(describe.parse_version)
    list_script = staticmethod(listing.list_script)
    parse_list = staticmethod(listing.parse_list)
    parse_id = staticmethod(ids.parse_id)
    write_id = staticmethod(ids.write_id)
    explain_failure = staticmethod(failures.explain_failure)
    script_header = staticmethod(submit.script_header)
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
    parse_finished_fallback = staticmethod(ending.parse_finished_fallback)
    first_host = staticmethod(words.first_host)

    def survey_script(self) -> str:
        """Return nothing: one way to ask serves every Slurm."""
        return ""

    def suited(self, survey: str, cluster: Cluster) -> "Slurm":
        """Return it as it is."""
        return self

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each naming its field."""
        return checks.check(request, partitions, _WORDS, age)

    def plain_reason(self, reason: str) -> str:
        """Return a sentence or two for one of Slurm's reasons."""
        return plain_reason(reason)[1]
