"""Killing jobs: scancel."""

import re
from collections.abc import Iterable

from jupystra_tui.schedulers.roles import Argv
from jupystra_tui.schedulers.slurm.slurm_clusters import grouped, on_cluster, one_command
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from jupystra_tui.schedulers.slurm.slurm_ids import checked

_ENDED = re.compile(r"invalid job id specified|already completing or completed", re.IGNORECASE)


def cancel_command(ids: Iterable[str]) -> Argv:
    """Return scancel for these jobs, of one cluster or of several; raises ValueError for what is not an id."""
    groups = grouped(map(checked, ids))
    return one_command([on_cluster(("scancel", *bare), cluster) for cluster, bare in groups.items()])


def parse_cancel(rc: int, stderr: str) -> None:
    """Raise SchedulerError for a refusal; a job that has ended or is ending is not an error."""
    refusals = [line for line in stderr.splitlines() if "error:" in line and not _ENDED.search(line)]
    if rc and (refusals or not _ENDED.search(stderr)):
        raise explain_failure(rc, "\n".join(refusals) or stderr, "scancel")
