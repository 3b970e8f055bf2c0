"""Slurm from 20.11 on: squeue, sbatch, scancel, scontrol, sinfo and sacct."""

from jupystra_tui.model import Cluster, JobRequest, Partition, Problem
from jupystra_tui.schedulers.output_pattern import OutputPattern
from jupystra_tui.schedulers.request_checks import Terms, check
from jupystra_tui.schedulers.roles import Scheduler
from jupystra_tui.schedulers.slurm import (
    slurm_accounting,
    slurm_cancel,
    slurm_failures,
    slurm_ids,
    slurm_listing,
    slurm_lookup,
    slurm_site,
    slurm_submit,
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

_TERMS = Terms("partition", "sbatch", frozenset({
    "-o", "--output", "-e", "--error", "-i", "--input", "--open-mode", "-a", "--array", "--wrap", "-W", "--wait",
    "--test-only", "--parsable", "-h", "--help", "-V", "--version", "-D", "--chdir", "-Q", "--quiet", "--usage",
}))  # fmt: skip


class SlurmQueue:
    """squeue and scancel."""

    list_script = staticmethod(slurm_listing.list_script)
    parse_list = staticmethod(slurm_listing.parse_list)
    state_query = staticmethod(slurm_listing.state_query)
    parse_id = staticmethod(slurm_ids.parse_id)
    write_id = staticmethod(slurm_ids.write_id)
    cancel_command = staticmethod(slurm_cancel.cancel_command)
    parse_cancel = staticmethod(slurm_cancel.parse_cancel)


class SlurmSubmission:
    """sbatch."""

    script_header = staticmethod(slurm_submit.script_header)
    submit_command = staticmethod(slurm_submit.submit_command)
    parse_submit = staticmethod(slurm_submit.parse_submit)
    parse_notice = staticmethod(slurm_submit.parse_notice)
    id_program = staticmethod(slurm_submit.id_program)
    lookup_script = staticmethod(slurm_lookup.lookup_script)
    parse_lookup = staticmethod(slurm_lookup.parse_lookup)

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each with its field."""
        return check(request, partitions, _TERMS, age)


class SlurmAccounting:
    """sacct, and scontrol where there is no accounting."""

    finished_command = staticmethod(slurm_accounting.finished_command)
    parse_finished = staticmethod(slurm_accounting.parse_finished)
    finished_fallback_script = staticmethod(slurm_accounting.finished_fallback_script)
    parse_finished_fallback = staticmethod(slurm_accounting.parse_finished_fallback)


class SlurmSite:
    """scontrol and sinfo."""

    version_command = staticmethod(slurm_site.version_command)
    parse_version = staticmethod(slurm_site.parse_version)
    partitions_script = staticmethod(slurm_site.partitions_script)
    parse_partitions = staticmethod(slurm_site.parse_partitions)
    nodes_command = staticmethod(slurm_site.nodes_command)
    parse_nodes = staticmethod(slurm_site.parse_nodes)

    def survey_script(self) -> str:
        """Return a command that shows whether Slurm is configured; it answers soon when the controller is away."""
        return "timeout 6 scontrol ping 2>&1 | head -n 20"

    def adapt(self, scheduler: Scheduler, survey: str, cluster: Cluster) -> Scheduler:
        """Return it unchanged; raises SchedulerError where Slurm's settings are not to be found."""
        slurm_failures.require_configuration(survey)
        return scheduler


SCHEDULER = Scheduler(
    name="slurm",
    queue=SlurmQueue(),
    submission=SlurmSubmission(),
    accounting=SlurmAccounting(),
    site=SlurmSite(),
    unset=_UNSET,
    node_variables=("SLURMD_NODENAME",),
    job_variables=("SLURM_JOB_ID",),
    output=OutputPattern("AabJjNnstux", job="Aj", escaped=True),
    submit_variables="^S(BATCH|LURM)_",
)
