"""What is wrong with a request: the mistakes that Slurm takes without a word, and those it would refuse."""

import re
import shlex
from collections.abc import Iterator

from jupystra_tui.model import JobRequest, Partition, Problem
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.schedulers.slurm.words import CONTROL

_NAME_LIMIT = 200
_WORD = re.compile(r"[^\s\-\"'\\$`][^\s\"'\\$`]*")
_GPUS = re.compile(r"(?:(?P<kind>[A-Za-z][\w.+-]*):)?(?P<count>[1-9]\d{0,3})", re.ASCII)
_WHAT = {"queue": "partition", "account": "account", "qos": "QOS", "constraint": "constraint"}
_OURS = {
    "-o", "--output", "-e", "--error", "-i", "--input", "--open-mode", "-a", "--array", "--wrap", "-W", "--wait",
    "--test-only", "--parsable", "-h", "--help", "-V", "--version", "-D", "--chdir", "-Q", "--quiet", "--usage",
}  # fmt: skip


def check(request: JobRequest, partitions: tuple[Partition, ...]) -> tuple[Problem, ...]:
    """Return what is wrong, each problem naming its field; `partitions` is empty where the site's are not known."""
    problems = [*_text(request), *_numbers(request), *_options(request)]
    if partitions and not any(problem.field == "queue" for problem in problems):
        problems += _site(request, partitions)
    return tuple(problems)


def _text(request: JobRequest) -> Iterator[Problem]:
    if CONTROL.search(request.name):
        yield Problem("The name holds a line end or a control character", "Take it out.", field="name")
    elif not request.name.strip() or len(request.name) > _NAME_LIMIT:
        yield Problem(f"A name has 1 to {_NAME_LIMIT} characters", "Give it another one.", field="name")
    for field, what in _WHAT.items():
        value = getattr(request, field)
        if value and (CONTROL.search(value) or not _WORD.fullmatch(value)):
            hint = "No blanks, quotes or dollar signs, and no dash in front."
            yield Problem(f"No {what} can have that name", hint, field=field)
    if CONTROL.search(request.folder):
        yield Problem("The folder holds a line end or a control character", "Take it out.", field="folder")
    if any("\0" in line for line in request.setup):
        yield Problem("The set-up holds a NUL character", "Take it out.", field="setup")


def _numbers(request: JobRequest) -> Iterator[Problem]:
    if request.cores < 1:
        yield Problem("A job needs at least one core", "Ask for 1 or more.", field="cores")
    if request.memory < 0:
        yield Problem("Memory is less than nothing", "Write 8G, or 0 for the site's choice.", field="memory")
    if request.walltime < 0 or 0 < request.walltime < 60:
        yield Problem("The walltime is too short", "Ask for a minute at least.", field="walltime")
    if request.gpus and not _GPUS.fullmatch(request.gpus):
        yield Problem("GPUs are a number, or a type and a number", "Write 1 or a100:2.", field="gpus")
    if not (request.port == 0 or 1024 <= request.port < 65536):
        yield Problem("A port is a number from 1024 to 65535", "Write 0 for any free one.", field="port")


def _options(request: JobRequest) -> Iterator[Problem]:
    for option in request.options:
        try:
            words = shlex.split(option)
        except ValueError:
            words = []
        if not words or not option.startswith("-") or CONTROL.search(option):
            yield Problem(
                f"{option!r} is no option",
                "Write one as on sbatch's command line: --exclude=c3",
                field="options",
            )
        elif words[0].partition("=")[0] in _OURS:
            yield Problem(f"{words[0]} is set by us", "Take it out.", field="options")


def _site(request: JobRequest, partitions: tuple[Partition, ...]) -> Iterator[Problem]:
    chosen = _chosen(request.queue, partitions)
    unknown = [name for name in request.queue.split(",") if name and name not in {p.name for p in chosen}]
    if unknown or not chosen:
        known = ", ".join(partition.name for partition in partitions)
        title = f"There is no partition {unknown[0]}" if unknown else "The site has no default partition"
        yield Problem(title, f"Choose one of {known}.", field="queue")
    elif not any(partition.up for partition in chosen):
        hint = "It starts no jobs until the site opens it: choose another one."
        yield Problem(f"Partition {chosen[0].name} is down", hint, field="queue")
    else:
        yield from _limits(request, tuple(partition for partition in chosen if partition.up))


def _chosen(queue: str, partitions: tuple[Partition, ...]) -> list[Partition]:
    wanted = set(queue.split(",")) if queue else {p.name for p in partitions if p.default}
    return [partition for partition in partitions if partition.name in wanted]


def _limits(request: JobRequest, chosen: tuple[Partition, ...]) -> Iterator[Problem]:
    where = " or ".join(partition.name for partition in chosen)
    time = _most(partition.max_time for partition in chosen)
    if time is not None and request.walltime > time and not request.qos:
        title = f"{where} allows {show_duration(time)} at most; the job would wait for ever"
        yield Problem(title, "Ask for less time, or choose another partition.", field="walltime")
    cores = _most(partition.cores_per_node for partition in chosen)
    if cores is not None and request.cores > cores:
        title = f"No node of {where} has more than {_count(cores, 'core')}; the job would wait for ever"
        yield Problem(title, "Ask for fewer, or choose another partition.", field="cores")
    memory = _most(partition.memory_per_node for partition in chosen)
    if memory is not None and request.memory > memory:
        title = f"No node of {where} has more than {show_memory(memory)} of memory"
        yield Problem(title, "Ask for less, or choose another partition.", field="memory")
    gpus = _GPUS.fullmatch(request.gpus)
    if gpus and not any(_has(partition.gpus, gpus["kind"] or "", int(gpus["count"])) for partition in chosen):
        offered = " or ".join(dict.fromkeys(partition.gpus for partition in chosen if partition.gpus))
        title = f"A node of {where} has no more GPUs than {offered}" if offered else f"{where} has no GPUs"
        yield Problem(title, "Ask for others, or choose another partition.", field="gpus")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _most(values: Iterator[int | None]) -> int | None:
    """Return the largest value, None if one of them is not known or has no limit."""
    known = list(values)
    return max(value for value in known if value is not None) if None not in known else None


def _has(offered: str, kind: str, count: int) -> bool:
    """Say whether a node may have that many; several types may or may not share a node, so their sum is believed."""
    amounts: dict[str, int] = {}
    for entry in filter(None, offered.split(",")):
        name, _, number = entry.rpartition(":")
        amounts[name] = int(number)
    return (amounts.get(kind, amounts.get("", 0)) if kind else sum(amounts.values())) >= count
