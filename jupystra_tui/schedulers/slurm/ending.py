"""Killing jobs, and how they ended: scancel, sacct, and scontrol where there is no accounting."""

import re
import shlex
from collections.abc import Iterable

from jupystra_tui.schedulers.arrays import number_of
from jupystra_tui.schedulers.base import Argv, Ending
from jupystra_tui.schedulers.slurm.describe import parse_describe
from jupystra_tui.schedulers.slurm.failures import explain_failure
from jupystra_tui.schedulers.slurm.ids import checked
from jupystra_tui.schedulers.slurm.words import state_of
from jupystra_tui.text import clean

_OVER = re.compile(r"invalid job id specified|already completing or completed", re.IGNORECASE)


def cancel_command(ids: Iterable[str]) -> Argv:
    """Return scancel for these jobs; raises ValueError for what is no id."""
    return "scancel", *map(checked, ids)


def parse_cancel(rc: int, stderr: str) -> None:
    """Raise SchedulerError for a refusal; a job that has ended already, or is ending, is fine."""
    refusals = [line for line in stderr.splitlines() if "error:" in line and not _OVER.search(line)]
    if rc and (refusals or not _OVER.search(stderr)):
        raise explain_failure(rc, "\n".join(refusals) or stderr, "scancel")


def finished_command(keys: Iterable[str]) -> Argv:
    """Return sacct for these jobs, without their steps."""
    ids = ",".join(dict.fromkeys(map(number_of, keys)))
    fields = "JobIDRaw,State,ExitCode,Elapsed,End,NodeList,JobID"
    return "sacct", "-n", "-P", "-X", "--delimiter=\x1f", "-j", ids, "-o", fields


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and word by number, and by `45_3` for a task; of a requeued job the last row counts.

    Jobs it does not know are absent.
    """
    ends: dict[str, Ending] = {}
    for line in text.splitlines():
        row = line.split("\x1f")
        if len(row) >= 6 and row[0].isdigit():
            end = state_of(row[1]), clean(row[1])
            ends |= dict.fromkeys((row[0], *row[6:7]), end)
    return ends


def finished_fallback_script(keys: Iterable[str]) -> str:
    """Return scontrol for a few jobs, one by one, which the controller remembers for some minutes after their end."""
    numbers = " ".join(shlex.quote(number) for number in dict.fromkeys(map(number_of, keys)))
    return f"for job in {numbers}; do printf '\\036'; scontrol -o show job \"$job\" 2>/dev/null; done"


def parse_finished_fallback(text: str) -> dict[str, Ending]:
    """Return state and word by number; those that the controller has forgotten are absent."""
    ends: dict[str, Ending] = {}
    for answer in text.split("\x1e"):
        fields = dict(parse_describe(answer)) if "JobId=" in answer else {}
        if "JobId" in fields and "JobState" in fields:
            ends[fields["JobId"]] = (state_of(fields["JobState"]), fields["JobState"])
    return ends
