"""Slurm's job ids: a job, tasks of an array, a part of a heterogeneous job."""

import re

from jupystra_tui.model.tasks import parse_tasks, show_tasks
from jupystra_tui.schedulers.roles import JobId
from jupystra_tui.schedulers.slurm.slurm_clusters import CLUSTER, with_cluster

_ID = re.compile(
    r"(?P<number>\d{1,18})(?:_(?P<task>\d{1,9})|_\[(?P<tasks>[\d,:-]{1,100000})(?:%\d{1,9})?\]|\+\d{1,9})?"
    rf"(?:;(?P<cluster>{CLUSTER}))?",
    re.ASCII,
)


def parse_id(text: str) -> JobId | None:
    """Return the parts of `45`, `45_3` or `45_[2-5%2]`; `12+1` is the heterogeneous job 12, killed as a whole.

    The number of a job of another cluster has its name: `45;cm2`, `45_3;cm2`.
    """
    match = _ID.fullmatch(text)
    if match is None:
        return None
    written = match["task"] or match["tasks"]
    tasks = parse_tasks(written) if written else None
    if written and tasks is None:
        return None
    return JobId(with_cluster(match["number"], match["cluster"] or ""), tasks)


def write_id(job: JobId) -> str:
    """Return the id for scancel, which accepts neither steps nor an array's limit."""
    if job.tasks is None:
        return job.number
    number, _, cluster = job.number.partition(";")
    tasks = show_tasks(job.tasks)
    return with_cluster(f"{number}_{tasks}" if tasks.isdigit() else f"{number}_[{tasks}]", cluster)


def checked(text: str) -> str:
    """Return the id unchanged; raises ValueError for anything else, so that only ids reach a command line."""
    if parse_id(text) is None:
        raise ValueError(f"{text!r} is not a job id")
    return text
