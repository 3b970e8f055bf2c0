"""Killing jobs: bkill."""

import re
from collections.abc import Iterable

from jupystra_tui.schedulers.lsf.lsf_dialects import TIMEOUT
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure
from jupystra_tui.schedulers.lsf.lsf_ids import checked
from jupystra_tui.schedulers.roles import Argv

_OF_A_JOB = re.compile(r"^\W*Job <", re.ASCII)
_FINE = re.compile(
    r"already finished|operation is in progress|no matching job|is being terminated|being signal", re.I
)


def cancel_command(ids: Iterable[str]) -> Argv:
    """Return bkill for these jobs; raises ValueError for what is no id."""
    return *TIMEOUT, "bkill", *map(checked, ids)


def parse_cancel(rc: int, stderr: str) -> None:
    """Raise SchedulerError for a refusal; a job that has ended already, or is ending, is fine."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    told = [line for line in lines if _OF_A_JOB.search(line)] or lines
    refusals = [line for line in told if not _FINE.search(line)]
    if rc and (refusals or not lines):
        raise explain_failure(rc, "\n".join(refusals), "bkill")
