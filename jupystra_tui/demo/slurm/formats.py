"""How Slurm writes times, sizes, ids and host lists, and fills its format strings."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping

from jupystra_tui.demo.demo_job import Array, DemoJob

FIELD = re.compile(r"%(\.?)(\d*)([^\d.])", re.DOTALL)
UNITS = "MGTP"


def timestamp(at: float | None, unknown: str = "N/A") -> str:
    """A moment in local time, to the second."""
    return unknown if at is None else time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(at))


def short_time(seconds: float) -> str:
    """A duration as squeue and sinfo write it: 0:07, 59:53, 1:00:00, 1-00:00:00."""
    days, hours, minutes, rest = _split(seconds)
    if days:
        return f"{days}-{hours:02}:{minutes:02}:{rest:02}"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def long_time(seconds: float) -> str:
    """A duration as sacct and scontrol write it: 00:00:07, 1-00:00:00."""
    days, hours, minutes, rest = _split(seconds)
    return (f"{days}-" if days else "") + f"{hours:02}:{minutes:02}:{rest:02}"


def limit(minutes: int | None, write: Callable[[float], str] = short_time) -> str:
    """A walltime limit."""
    return "UNLIMITED" if minutes is None else write(minutes * 60)


def memory(megabytes: int) -> str:
    """Memory in the largest unit that writes it exactly: 1000M, 2G; 0 for all there is."""
    size, unit = megabytes, 0
    while size and size % 1024 == 0:
        size, unit = size // 1024, unit + 1
    return f"{size}{UNITS[unit]}" if size else "0"


def rounded_memory(megabytes: int) -> str:
    """Memory in the largest unit below it, two digits when it is no whole number: 1000M, 62.50G, 125G."""
    if megabytes < 1024:
        return f"{megabytes}M"
    return f"{megabytes // 1024}G" if megabytes % 1024 == 0 else f"{megabytes / 1024:.2f}G"


def job_id(job: DemoJob) -> str:
    """The id as squeue shows it: 45, 45_0 for a task, 45_[2-5%2] for the waiting tasks of an array."""
    if job.array is None:
        return str(job.id)
    tasks = task_ids(job.array)
    return f"{job.array.id}_[{tasks}]" if job.array.waiting else f"{job.array.id}_{tasks}"


def task_ids(array: Array) -> str:
    """The task ids of an array's record: 0, or 2,4-5%2 for those that wait."""
    return _ranges(array.tasks) + (f"%{array.limit}" if array.waiting else "")


def hosts(names: Iterable[str]) -> str:
    """A host list: p1, p[1-2]."""
    numbers = {int(name.lstrip("p")) for name in names}
    ranges = _ranges(sorted(numbers))
    return "p" + (f"[{ranges}]" if len(numbers) > 1 else ranges)


def codes(format: str) -> list[str]:
    """The type letters of a format string, in order."""
    return [match[3] for match in FIELD.finditer(format)]


def fill(format: str, values: Mapping[str, str]) -> str:
    """Put values into a format string such as `%.18i|%9P`; a width cuts, a dot aligns to the right."""

    def field(match: re.Match[str]) -> str:
        right, width, code = match.groups()
        value = values[code]
        if not width:
            return value
        return value[: int(width)].rjust(int(width)) if right else value[: int(width)].ljust(int(width))

    return FIELD.sub(field, format)


def _split(seconds: float) -> tuple[int, int, int, int]:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return *divmod(hours, 24), minutes, rest


def _ranges(numbers: Iterable[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
