"""How jobs ended: sacct, and scontrol where there is no accounting."""

import re
import shlex
from collections.abc import Iterable

from jupystra_tui.schedulers.arrays import number_of
from jupystra_tui.schedulers.roles import Argv, Ending
from jupystra_tui.schedulers.slurm.slurm_values import state_of
from jupystra_tui.text import clean

_ONE_JOB = re.compile(r"JobId=\d+ .*?(?=\n+JobId=\d+ |\Z)", re.DOTALL)
_NAME = re.compile(r"JobName=(.*) (?=UserId=\S+\(\d+\) GroupId=)", re.DOTALL)
_FIELD = re.compile(r"(?:^|\s)([A-Z][A-Za-z:/_]*)=(.*?)(?=\s+[A-Z][A-Za-z:/_]*=|\s*\Z)", re.DOTALL)


def finished_command(keys: Iterable[str]) -> Argv:
    """Return sacct for these jobs, without their steps."""
    ids = ",".join(dict.fromkeys(map(number_of, keys)))
    fields = "JobIDRaw,State,ExitCode,Elapsed,End,NodeList,JobID"
    return "sacct", "-n", "-P", "-X", "--delimiter=\x1f", "-j", ids, "-o", fields


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and word by number, and by `45_3` for a task; for a requeued job the last row counts.

    Jobs that it does not know are absent.
    """
    ends: dict[str, Ending] = {}
    for line in text.splitlines():
        row = line.split("\x1f")
        if len(row) >= 6 and row[0].isdigit():
            end = state_of(row[1]), clean(row[1])
            ends |= dict.fromkeys((row[0], *row[6:7]), end)
    return ends


def finished_fallback_script(keys: Iterable[str]) -> str:
    """Return scontrol for a few jobs, one by one; the controller remembers them for some minutes after their end."""
    numbers = " ".join(shlex.quote(number) for number in dict.fromkeys(map(number_of, keys)))
    return f"for job in {numbers}; do printf '\\036'; scontrol -a -o show job \"$job\" 2>/dev/null; done"


def parse_finished_fallback(text: str) -> dict[str, Ending]:
    """Return state and word by number; those that the controller has forgotten are absent."""
    ends: dict[str, Ending] = {}
    for answer in text.split("\x1e"):
        fields = job_fields(answer)
        if "JobId" in fields and "JobState" in fields:
            ends[fields["JobId"]] = (state_of(fields["JobState"]), fields["JobState"])
    return ends


def job_fields(text: str) -> dict[str, str]:
    """Return the fields of the first job that `scontrol show job` printed, without its name; empty if there is none.

    Values may contain blanks. The job's name may contain anything, also what looks like a field: it ends where the
    owner's field begins.
    """
    found = _ONE_JOB.search(text)
    if not found:
        return {}
    name = _NAME.search(found[0])
    pieces = [found[0][: name.start()], found[0][name.end() :]] if name else [found[0]]
    return {field: clean(value.strip()) for piece in pieces for field, value in _FIELD.findall(piece)}
