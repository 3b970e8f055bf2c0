"""Slurm's job ids: a job, tasks of an array, a part of a heterogeneous job."""

import re

from jupystra_tui.model.tasks import parse_tasks, show_tasks
from jupystra_tui.schedulers.roles import JobId

_ID = re.compile(
    r"(\d{1,18})(?:_(?P<task>\d{1,9})|_\[(?P<tasks>[\d,:-]{1,100000})(?:%\d{1,9})?\]|\+\d{1,9})?", re.ASCII
)


def parse_id(text: str) -> JobId | None:
    """Return the parts of `45`, `45_3` or `45_[2-5%2]`; `12+1` is the heterogeneous job 12, killed as a whole."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    written = match["task"] or match["tasks"]
    tasks = parse_tasks(written) if written else None
    return None if written and tasks is None else JobId(match[1], tasks)


def write_id(job: JobId) -> str:
    """Return the id for scancel, which accepts neither steps nor an array's limit."""
    if job.tasks is None:
        return job.number
    tasks = show_tasks(job.tasks)
    return f"{job.number}_{tasks}" if tasks.isdigit() else f"{job.number}_[{tasks}]"


def checked(text: str) -> str:
    """Return the id unchanged; raises ValueError for anything else, so that only ids reach a command line."""
    if parse_id(text) is None:
        raise ValueError(f"{text!r} is not a job id")
    return text
