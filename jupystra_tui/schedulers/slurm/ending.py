"""Killing jobs, and how they ended: scancel, sacct, and scontrol where there is no accounting."""

import re
from collections.abc import Iterable

from jupystra_tui.schedulers.base import Argv, Ending
from jupystra_tui.schedulers.slurm.describe import describe_command, parse_describe
from jupystra_tui.schedulers.slurm.failures import explain_failure
from jupystra_tui.schedulers.slurm.words import state_of
from jupystra_tui.text import clean

_OVER = re.compile(r"invalid job id specified|already completing or completed", re.IGNORECASE)


def cancel_command(keys: Iterable[str]) -> Argv:
    """Return scancel for these jobs."""
    return "scancel", *keys


def parse_cancel(rc: int, stderr: str) -> None:
    """Raise SchedulerError for a refusal; a job that has ended already, or is ending, is fine."""
    refusals = [line for line in stderr.splitlines() if "error:" in line and not _OVER.search(line)]
    if rc and (refusals or not _OVER.search(stderr)):
        raise explain_failure(rc, "\n".join(refusals) or stderr, "scancel")


def finished_command(keys: Iterable[str]) -> Argv:
    """Return sacct for these jobs, without their steps."""
    ids = ",".join(_plain(key) for key in keys)
    fields = "JobIDRaw,State,ExitCode,Elapsed,End,NodeList"
    return "sacct", "-n", "-P", "-X", "--delimiter=\x1f", "-j", ids, "-o", fields


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and word by id; of a requeued job the last row counts. Jobs it does not know are absent."""
    rows = (line.split("\x1f") for line in text.splitlines())
    return {row[0]: (state_of(row[1]), clean(row[1])) for row in rows if len(row) >= 6 and row[0].isdigit()}


def finished_fallback_command(key: str) -> Argv:
    """Return scontrol for one job, which the controller remembers for some minutes after its end."""
    return describe_command(key)


def parse_finished_fallback(text: str) -> dict[str, Ending]:
    """Return state and word by id, nothing where the controller has forgotten the job."""
    fields = dict(parse_describe(text)) if "JobId=" in text else {}
    if "JobId" not in fields or "JobState" not in fields:
        return {}
    return {fields["JobId"]: (state_of(fields["JobState"]), fields["JobState"])}


def _plain(key: str) -> str:
    return key.partition("_[")[0]
