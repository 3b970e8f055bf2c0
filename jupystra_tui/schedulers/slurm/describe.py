"""All that Slurm knows of one job: `scontrol show job`, and its version."""

import re

from jupystra_tui.errors import SchedulerError
from jupystra_tui.schedulers.arrays import number_of
from jupystra_tui.schedulers.base import Argv
from jupystra_tui.text import clean

_ONE_JOB = re.compile(r"JobId=\d+ .*?(?=\n+JobId=\d+ |\Z)", re.DOTALL)
_NAME = re.compile(r"JobName=(.*) (?=UserId=\S+\(\d+\) GroupId=)", re.DOTALL)
_FIELD = re.compile(r"(?:^|\s)([A-Z][A-Za-z:/_]*)=(.*?)(?=\s+[A-Z][A-Za-z:/_]*=|\s*\Z)", re.DOTALL)
_NOTHING = {"", "(null)", "N/A"}
_VERSION = re.compile(r"^slurm\S* (\d+\.\d+\S*)", re.MULTILINE)


def version_command() -> Argv:
    """Return squeue's question for its version, which needs no controller."""
    return "squeue", "--version"


def parse_version(text: str) -> str:
    """Return `22.05.8` from `slurm-wlm 22.05.8`; raises SchedulerError for anything else."""
    match = _VERSION.search(text)
    if not match:
        raise SchedulerError("squeue did not tell Slurm's version", "Is this Slurm?", clean(text))
    return clean(match[1], 40)


def describe_command(key: str) -> Argv:
    """Return scontrol for one job; of an array's waiting tasks, for the array."""
    return "scontrol", "-o", "show", "job", number_of(key)


def parse_describe(text: str) -> tuple[tuple[str, str], ...]:
    """Return the first job's fields in the order printed, without the empty ones; raises SchedulerError for no job.

    Values may hold blanks, and the job's name anything: it ends where the owner's field begins.
    """
    found = _ONE_JOB.search(text)
    if not found:
        raise SchedulerError("Slurm does not know this job any more", "It ended some time ago.", clean(text))
    job = found[0]
    name = _NAME.search(job)
    pieces = [job[: name.start()], job[name.end() :]] if name else [job]
    fields = [(field, clean(value.strip())) for piece in pieces for field, value in _FIELD.findall(piece)]
    if name:
        fields.insert(1, ("JobName", clean(name[1])))
    return tuple((field, value) for field, value in fields if value not in _NOTHING)
