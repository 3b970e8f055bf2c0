"""What is wrong with a request: the mistakes that a scheduler takes without a word, and those it would refuse."""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from jupystra_tui.model import JobRequest, Partition, Problem
from jupystra_tui.model.units import show_duration, show_memory

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FRESH = 900.0
"""Seconds for which partitions that were read are believed."""
_NAME_LIMIT = 200
_WORD = re.compile(r"[^\s\-\"'\\$`][^\s\"'\\$`]*")
_GPUS = re.compile(r"(?:(?P<kind>[A-Za-z][\w.+-]*):)?(?P<count>[1-9]\d{0,3})", re.ASCII)


class Terms(Struct, frozen=True):
    """What a scheduler calls a partition, its submit command, and the options of it that users may not set."""

    partition: str
    command: str
    reserved: frozenset[str]


def check(
    request: JobRequest, partitions: tuple[Partition, ...], terms: Terms, age: float = 0.0
) -> tuple[Problem, ...]:
    """Return what is wrong, each problem naming its field; `partitions` is empty where the site's are not known.

    They were read `age` seconds ago. A site may have changed them since: those that are not fresh refuse nothing.
    """
    problems = [*_text(request, terms), *_numbers(request), *_options(request, terms)]
    if partitions and not any(problem.field == "queue" for problem in problems):
        against = _site(request, partitions, terms.partition)
        problems += against if age <= FRESH else (_warning(problem, age) for problem in against)
    return tuple(problems)


def _warning(problem: Problem, age: float) -> Problem:
    return replace(problem, title=f"{problem.title} (as of {show_duration(age)} ago)", warning=True)


def _text(request: JobRequest, terms: Terms) -> Iterator[Problem]:
    if CONTROL.search(request.name):
        yield Problem("The name holds a line end or a control character", "Take it out.", field="name")
    elif not request.name.strip() or len(request.name) > _NAME_LIMIT:
        yield Problem(f"A name has 1 to {_NAME_LIMIT} characters", "Give it another one.", field="name")
    named = {"queue": terms.partition, "account": "account", "qos": "QOS", "constraint": "constraint"}
    for field, what in named.items():
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


def _options(request: JobRequest, terms: Terms) -> Iterator[Problem]:
    for option in request.options:
        try:
            split = shlex.split(option)
        except ValueError:
            split = []
        if not split or not option.startswith("-") or CONTROL.search(option):
            yield Problem(
                f"{option!r} is no option",
                f"Write one as on {terms.command}'s command line.",
                field="options",
            )
        elif split[0].partition("=")[0] in terms.reserved:
            yield Problem(f"{split[0]} is set by us", "Take it out.", field="options")


def _site(request: JobRequest, partitions: tuple[Partition, ...], kind: str) -> Iterator[Problem]:
    chosen = _chosen(request.queue, partitions)
    unknown = [name for name in request.queue.split(",") if name and name not in {p.name for p in chosen}]
    if unknown or not chosen:
        known = ", ".join(partition.name for partition in partitions)
        title = f"There is no {kind} {unknown[0]}" if unknown else f"The site has no default {kind}"
        yield Problem(title, f"Choose one of {known}.", field="queue")
    elif not any(partition.up for partition in chosen):
        hint = "It starts no jobs until the site opens it: choose another one."
        yield Problem(f"{kind.capitalize()} {chosen[0].name} is down", hint, field="queue")
    else:
        yield from _limits(request, tuple(partition for partition in chosen if partition.up), kind)


def _chosen(queue: str, partitions: tuple[Partition, ...]) -> list[Partition]:
    wanted = set(queue.split(",")) if queue else {p.name for p in partitions if p.default}
    return [partition for partition in partitions if partition.name in wanted]


def _limits(request: JobRequest, chosen: tuple[Partition, ...], kind: str) -> Iterator[Problem]:
    where = " or ".join(partition.name for partition in chosen)
    time = _most(partition.max_time for partition in chosen)
    if time is not None and request.walltime > time and not request.qos:
        title = f"{where} allows {show_duration(time)} at most; the job would wait for ever"
        yield Problem(title, f"Ask for less time, or choose another {kind}.", field="walltime")
    cores = _most(partition.cores_per_node for partition in chosen)
    if cores is not None and request.cores > cores:
        title = f"No node of {where} has more than {_count(cores, 'core')}; the job would wait for ever"
        yield Problem(title, f"Ask for fewer, or choose another {kind}.", field="cores")
    memory = _most(partition.memory_per_node for partition in chosen)
    if memory is not None and request.memory > memory:
        title = f"No node of {where} has more than {show_memory(memory)} of memory"
        yield Problem(title, f"Ask for less, or choose another {kind}.", field="memory")
    gpus, told = _GPUS.fullmatch(request.gpus), [one.gpus for one in chosen if one.gpus is not None]
    if gpus and told and not any(_has(each, gpus["kind"] or "", int(gpus["count"])) for each in told):
        offered = " or ".join(dict.fromkeys(filter(None, told)))
        title = f"A node of {where} has no more GPUs than {offered}" if offered else f"{where} has no GPUs"
        yield Problem(title, f"Ask for others, or choose another {kind}.", field="gpus")


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
