"""Mistakes in a request: those that a scheduler would accept silently, and those that it would refuse."""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from jupystra_tui.model import JobRequest, Partition, Problem
from jupystra_tui.model.cluster_path import read_path
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.options.gpus import node_has, read_gpus

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
FRESH = 900.0
"""Seconds after which partitions that were read count as old."""
_NAME_LIMIT = 200
_WORD = re.compile(r"[^\s\-\"'\\$`][^\s\"'\\$`]*")


class Terms(Struct, frozen=True):
    """What a scheduler calls a partition, its submit command, and the options of it that users may not set."""

    partition: str
    command: str
    reserved: frozenset[str]


def check(
    request: JobRequest, partitions: tuple[Partition, ...], terms: Terms, age: float = 0.0
) -> tuple[Problem, ...]:
    """Return the mistakes, each with its field; `partitions` is empty if they are not known.

    They were read `age` seconds ago. The site may have changed them since, so old ones give warnings only.
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
        yield Problem("The name contains a line end or a control character", "Remove it.", field="name")
    elif not request.name.strip() or len(request.name) > _NAME_LIMIT:
        yield Problem(f"A name has 1 to {_NAME_LIMIT} characters", "Choose another name.", field="name")
    named = {"queue": terms.partition, "account": "account", "qos": "QOS", "constraint": "constraint"}
    for field, what in named.items():
        value = getattr(request, field)
        if value and (CONTROL.search(value) or not _WORD.fullmatch(value)):
            hint = "No blanks, quotes or dollar signs, and no dash at the beginning."
            yield Problem(f"This is not a valid {what} name", hint, field=field)
    for field, path, what in (
        ("folder", request.folder, "folder"),
        ("outfile", request.outfile, "output file"),
    ):
        if CONTROL.search(path):
            yield Problem(f"The {what} contains a line end or a control character", "Remove it.", field=field)
        elif read_path(path).refused:
            hint = "Write $NAME, ${NAME}, ~ or ~user; nothing else is expanded, and no command is run."
            yield Problem(f"The {what} contains an expansion that is not possible here", hint, field=field)
    if any("\0" in line for line in request.setup):
        yield Problem("The setup contains a NUL character", "Remove it.", field="setup")


def _numbers(request: JobRequest) -> Iterator[Problem]:
    if request.cores < 1:
        yield Problem("A job needs at least one core", "Request 1 or more.", field="cores")
    if request.memory < 0:
        yield Problem("Memory is negative", "Write 8G, or 0 for the site's default.", field="memory")
    if request.walltime < 0 or 0 < request.walltime < 60:
        yield Problem("The walltime is too short", "Request at least a minute.", field="walltime")
    gpus = read_gpus(request.gpus)
    if request.gpus and not (gpus and gpus.number):
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
                f"{option!r} is not an option",
                f"Write one as on {terms.command}'s command line.",
                field="options",
            )
        elif reserved := _reserved(split[0].partition("=")[0], terms.reserved):
            yield Problem(f"{reserved} is set by jupystra-tui", "Remove it.", field="options")


def _reserved(option: str, reserved: frozenset[str]) -> str:
    """Return the reserved option that this is, or that it abbreviates (`--out`); empty for any other."""
    if option in reserved:
        return option
    long = len(option) > len("--x") and option.startswith("--")
    return next((name for name in sorted(reserved) if long and name.startswith(option)), "")


def _site(request: JobRequest, partitions: tuple[Partition, ...], kind: str) -> Iterator[Problem]:
    chosen = _chosen(request.queue, partitions)
    unknown = [name for name in request.queue.split(",") if name and name not in {p.name for p in chosen}]
    if unknown or not chosen:
        known = ", ".join(partition.name for partition in partitions)
        title = f"The site lists no {kind} {unknown[0]}" if unknown else f"The site has no default {kind}"
        yield Problem(title, f"It may refuse the job. Listed are {known}.", field="queue", warning=True)
    elif not any(partition.up for partition in chosen):
        hint = "It starts no jobs until the site opens it: choose another one."
        yield Problem(f"{kind.capitalize()} {chosen[0].name} is down", hint, field="queue")
    else:
        yield from _limits(request, tuple(partition for partition in chosen if partition.up), kind)


def _chosen(queue: str, partitions: tuple[Partition, ...]) -> list[Partition]:
    wanted = set(queue.split(",")) if queue else {p.name for p in partitions if p.default}
    return [partition for partition in partitions if partition.name in wanted]


def _limits(request: JobRequest, chosen: tuple[Partition, ...], kind: str) -> Iterator[Problem]:
    for limit in (_walltime, _cores, _memory, _gpus):
        problem = limit(request, chosen, " or ".join(partition.name for partition in chosen))
        if problem:
            yield replace(problem, hint=f"{problem.hint} or choose another {kind}.")


def _walltime(request: JobRequest, chosen: tuple[Partition, ...], names: str) -> Problem | None:
    most = _most(partition.max_time for partition in chosen)
    if most is None or request.walltime <= most or request.qos:
        return None
    title = f"{names} allows at most {show_duration(most)}; the job would never start"
    return Problem(title, "Request less time,", field="walltime")


def _cores(request: JobRequest, chosen: tuple[Partition, ...], names: str) -> Problem | None:
    most = _most(partition.cores_per_node for partition in chosen)
    if most is None or request.cores <= most:
        return None
    title = f"No node of {names} has more than {_count(most, 'core')}; the job would never start"
    return Problem(title, "Request fewer,", field="cores")


def _memory(request: JobRequest, chosen: tuple[Partition, ...], names: str) -> Problem | None:
    most = _most(partition.memory_per_node for partition in chosen)
    if most is None or request.memory <= most:
        return None
    return Problem(
        f"No node of {names} has more than {show_memory(most)} of memory", "Request less,", field="memory"
    )


def _gpus(request: JobRequest, chosen: tuple[Partition, ...], names: str) -> Problem | None:
    wanted, offers = read_gpus(request.gpus), [one.gpus for one in chosen if one.gpus is not None]
    if wanted is None or not offers or any(node_has(wanted, offer) for offer in offers):
        return None
    known = " or ".join(dict.fromkeys(filter(None, offers)))
    title = (
        f"No node of {names} has the requested GPUs ({request.gpus}), only {known}"
        if known
        else f"{names} has no GPUs"
    )
    return Problem(title, "Request others,", field="gpus")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _most(values: Iterator[int | None]) -> int | None:
    """Return the largest value, None if one of them is not known or has no limit."""
    known = list(values)
    return max(value for value in known if value is not None) if None not in known else None
