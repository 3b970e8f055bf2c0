"""Slurm from 20.11 on: squeue, sbatch, scancel, scontrol, sinfo and sacct."""

from collections.abc import Sequence

from msgspec import Struct, structs

from jupystra_tui.model import Cluster, JobRequest, Partition, Problem
from jupystra_tui.schedulers.output_pattern import OutputPattern
from jupystra_tui.schedulers.request_checks import Terms, check
from jupystra_tui.schedulers.roles import Argv, Listing, Scheduler
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
from jupystra_tui.schedulers.slurm.slurm_clusters import OWN, chosen_clusters
from jupystra_tui.schedulers.slurm.slurm_memo import SlurmMemo

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


class SlurmQueue(Struct, frozen=True):
    """squeue and scancel; `memo` is of one login."""

    memo: SlurmMemo | None = None

    state_query = staticmethod(slurm_listing.state_query)
    parse_id = staticmethod(slurm_ids.parse_id)
    write_id = staticmethod(slurm_ids.write_id)
    cancel_command = staticmethod(slurm_cancel.cancel_command)
    parse_cancel = staticmethod(slurm_cancel.parse_cancel)

    def list_script(self, user: str, mark: str, numbers: Sequence[str] = ()) -> str:
        """Return shell text that lists the jobs of `user` on the clusters in use."""
        return slurm_listing.list_script(user, mark, numbers, self.memo)

    def parse_list(self, text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
        """Parse the output of `list_script`."""
        return slurm_listing.parse_list(text, mark, rc, stderr, self.memo)


class SlurmSubmission(Struct, frozen=True):
    """sbatch; `memo` is of one login, and learns the clusters of jobs."""

    memo: SlurmMemo | None = None

    parse_notice = staticmethod(slurm_submit.parse_notice)
    id_program = staticmethod(slurm_submit.id_program)
    parse_lookup = staticmethod(slurm_lookup.parse_lookup)

    def script_header(self, request: JobRequest, log: str, tag: str) -> tuple[str, ...]:
        """Return the #SBATCH lines, and a line that names the job where it may run on another cluster."""
        return slurm_submit.script_header(request, log, tag, memo=self.memo)

    def submit_command(self, request: JobRequest, log: str, tag: str) -> Argv:
        """Return sbatch for a script on its standard input."""
        return slurm_submit.submit_command(request, log, tag, memo=self.memo)

    def parse_submit(self, stdout: str, stderr: str, rc: int) -> str:
        """Return the job's id, and have the jobs of its cluster listed from now on."""
        return slurm_submit.parse_submit(stdout, stderr, rc, self.memo)

    def lookup_script(self, request: JobRequest, tag: str) -> str:
        """Return shell text that lists the user's jobs with their comments."""
        return slurm_lookup.lookup_script(request, tag, self.memo)

    def check(
        self, request: JobRequest, partitions: tuple[Partition, ...], age: float = 0.0
    ) -> tuple[Problem, ...]:
        """Return the mistakes in a request, each with its field; another cluster has partitions of its own."""
        elsewhere = self.memo and chosen_clusters(request.options)
        return check(request, () if elsewhere else partitions, _TERMS, age)


class SlurmAccounting:
    """sacct, and scontrol where there is no accounting."""

    finished_command = staticmethod(slurm_accounting.finished_command)
    parse_finished = staticmethod(slurm_accounting.parse_finished)
    finished_fallback_script = staticmethod(slurm_accounting.finished_fallback_script)
    parse_finished_fallback = staticmethod(slurm_accounting.parse_finished_fallback)


class SlurmSite(Struct, frozen=True):
    """scontrol and sinfo; `memo` is of one login."""

    memo: SlurmMemo | None = None

    version_command = staticmethod(slurm_site.version_command)
    parse_version = staticmethod(slurm_site.parse_version)
    survey_script = staticmethod(slurm_site.survey_script)
    parse_partitions = staticmethod(slurm_site.parse_partitions)
    parse_nodes = staticmethod(slurm_site.parse_nodes)

    def adapt(self, scheduler: Scheduler, survey: str, cluster: Cluster) -> Scheduler:
        """Return Slurm for one login, with the clusters of the user's settings.

        Raises SchedulerError where Slurm's settings are not to be found.
        """
        slurm_failures.require_configuration(survey)
        memo = SlurmMemo(slurm_site.cluster_name(survey), cluster.clusters)
        return structs.replace(
            scheduler, queue=SlurmQueue(memo), submission=SlurmSubmission(memo), site=SlurmSite(memo)
        )

    def partitions_script(self) -> str:
        """Return shell text that prints the partitions of the clusters in use."""
        return slurm_site.partitions_script(self.memo.clusters if self.memo else (OWN,))

    def nodes_command(self) -> Argv:
        """Return the command that lists compute nodes with their states."""
        return slurm_site.nodes_command(self.memo.clusters if self.memo else (OWN,))


SCHEDULER = Scheduler(
    name="slurm",
    queue=SlurmQueue(),
    submission=SlurmSubmission(),
    accounting=SlurmAccounting(),
    site=SlurmSite(),
    unset=_UNSET,
    node_variables=("SLURMD_NODENAME",),
    job_variables=("jupystra_slurm_job", "SLURM_JOB_ID"),
    output=OutputPattern("AabJjNnstux", job="Aj", escaped=True),
    submit_variables="^S(BATCH|LURM)_",
)
