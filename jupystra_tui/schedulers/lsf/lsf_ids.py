"""LSF's job ids: a job, or elements of an array."""

import re

from jupystra_tui.model.tasks import parse_tasks, show_tasks
from jupystra_tui.schedulers.roles import JobId

_ID = re.compile(r"(\d{1,18})(?:\[([\d,:-]{1,100000})\])?", re.ASCII)


def parse_id(text: str) -> JobId | None:
    """Return the parts of `15`, `15[2]` or `15[1-3,7]`."""
    match = _ID.fullmatch(text)
    if match is None:
        return None
    tasks = parse_tasks(match[2]) if match[2] else None
    return None if match[2] and tasks is None else JobId(match[1], tasks)


def write_id(job: JobId) -> str:
    """Return the id for bkill."""
    return job.number if job.tasks is None else f"{job.number}[{show_tasks(job.tasks)}]"


def checked(text: str) -> str:
    """Return the id unchanged; raises ValueError for anything else, so that only ids reach a command line."""
    if parse_id(text) is None:
        raise ValueError(f"{text!r} is not a job id")
    return text
