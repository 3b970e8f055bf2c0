"""Killing jobs: bkill."""

import re
from collections.abc import Iterable

from jupystra_tui.schedulers.lsf.lsf_dialects import TIMEOUT
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure
from jupystra_tui.schedulers.lsf.lsf_ids import checked
from jupystra_tui.schedulers.roles import Argv

_OF_A_JOB = re.compile(r"^\W*Job <", re.ASCII)
_NO_ERROR = re.compile(
    r"already finished|operation is in progress|no matching job|is being terminated|being signal", re.I
)


def cancel_command(ids: Iterable[str]) -> Argv:
    """Return bkill for these jobs; raises ValueError for what is not an id."""
    return *TIMEOUT, "bkill", *map(checked, ids)


def parse_cancel(rc: int, stderr: str) -> None:
    """Raise SchedulerError for a refusal; a job that has ended or is ending is not an error."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    about_jobs = [line for line in lines if _OF_A_JOB.search(line)] or lines
    refusals = [line for line in about_jobs if not _NO_ERROR.search(line)]
    if rc and (refusals or not lines):
        raise explain_failure(rc, "\n".join(refusals), "bkill")
