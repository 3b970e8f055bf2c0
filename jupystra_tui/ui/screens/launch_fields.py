"""What the fields of the launch form hold: text in, values and a remark beside each out."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jupystra_tui.model import JobRequest, Partition, ServerKind
from jupystra_tui.model.units import parse_duration, parse_memory, show_duration, show_memory


class Remark(NamedTuple):
    """What is said beside a field; `tone` is one of the theme's, `bad` keeps the form from being sent."""

    text: str
    tone: str = "dim"


class Reading(NamedTuple):
    """A form as it was read; `request` is None while a remark is bad."""

    request: JobRequest | None
    remarks: dict[str, Remark]


Read = tuple[Any, Remark]
Reader = Callable[[str, Partition], Read]
NO_PARTITION = Partition("")
_GPUS = re.compile(r"(?:[\w.-]+:)?\d+")


def read_form(texts: Mapping[str, str], partition: Partition = NO_PARTITION) -> Reading:
    """Read every field of `texts`, which has one for each field of JobRequest."""
    read = {name: _READERS.get(name, _plain)(text.strip(), partition) for name, text in texts.items()}
    remarks = {name: remark for name, (_, remark) in read.items()}
    if any(remark.tone == "bad" for remark in remarks.values()):
        return Reading(None, remarks)
    return Reading(JobRequest(**{name: value for name, (value, _) in read.items()}), remarks)


def texts_of(request: JobRequest) -> dict[str, str]:
    """Return the texts that stand for `request`, so that `read_form` gives it back."""
    return {
        "queue": request.queue,
        "walltime": write_duration(request.walltime),
        "memory": write_memory(request.memory),
        "cores": str(request.cores),
        "gpus": request.gpus or "0",
        "server": request.server.value,
        "setup": "\n".join(request.setup),
        "folder": request.folder,
        "account": request.account,
        "qos": request.qos,
        "constraint": request.constraint,
        "port": str(request.port),
        "local_port": str(request.local_port),
        "relay_port": str(request.relay_port),
        "outfile": request.outfile,
        "name": request.name,
        "options": shlex.join(request.options),
    }


def clamp(walltime: int, partition: Partition) -> int:
    """Return `walltime`, or the partition's limit where that is less."""
    return min(walltime, partition.max_time or walltime)


def clamped_remark(wanted: int, partition: Partition) -> Remark:
    """Say why the walltime offered is not the one the configuration has."""
    limit = show_duration(partition.max_time)
    return Remark(f"{limit} is the most {partition.name} allows, not {show_duration(wanted)}", "warn")


def limits(partition: Partition) -> str:
    """Return a partition's limit and free nodes in a few words: `≤ 12 h · 2 of 4 nodes free`."""
    time = f"≤ {show_duration(partition.max_time)}" if partition.max_time else "no time limit"
    if not partition.up:
        return f"{time} · down"
    if partition.idle_nodes is None:
        return time
    return f"{time} · {partition.idle_nodes} of {partition.nodes} nodes free"


def write_duration(seconds: int) -> str:
    """Write seconds as `1d 6h`, `90m` or `1h 30m`, which `parse_duration` reads back."""
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    words = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count}{unit}")
    return " ".join(words)


def write_memory(mib: int) -> str:
    """Write MiB as `8G` or `1536M`, which `parse_memory` reads back."""
    return f"{mib // 1024}G" if mib % 1024 == 0 else f"{mib}M"


def _plain(text: str, partition: Partition) -> Read:
    return text, Remark("")


def _queue(text: str, partition: Partition) -> Read:
    if not partition.name:
        return text, Remark("not among the queues of this cluster" if text else "the site's own choice")
    return text, Remark(limits(partition), "dim" if partition.up else "warn")


def _walltime(text: str, partition: Partition) -> Read:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        return None, Remark(str(error), "bad")
    limit = partition.max_time
    if limit is not None and seconds > limit:
        return None, Remark(f"over the limit of {partition.name}: {show_duration(limit)}", "bad")
    return seconds, Remark(show_duration(seconds))


def _memory(text: str, partition: Partition) -> Read:
    try:
        mib = parse_memory(text)
    except ValueError as error:
        return None, Remark(str(error), "bad")
    has = partition.memory_per_node
    if has is None:
        return mib, Remark(show_memory(mib))
    if mib > has:
        return mib, Remark(f"nodes of {partition.name} have {show_memory(has)}", "warn")
    return mib, Remark(f"{show_memory(mib)} · nodes have {show_memory(has)}")


def _cores(text: str, partition: Partition) -> Read:
    if not text.isdecimal() or int(text) < 1:
        return None, Remark("write a number, 1 or more", "bad")
    has = partition.cores_per_node
    if has is None:
        return int(text), Remark("")
    if int(text) > has:
        return int(text), Remark(f"nodes of {partition.name} have {has}", "warn")
    return int(text), Remark(f"nodes have {has}")


def _gpus(text: str, partition: Partition) -> Read:
    if text and not _GPUS.fullmatch(text):
        return None, Remark("write a number, or type:number", "bad")
    wanted = "" if text.rpartition(":")[2] in ("", "0") else text
    if partition.gpus:
        if _too_many_gpus(wanted, partition.gpus):
            return wanted, Remark(f"nodes of {partition.name} have {partition.gpus}", "warn")
        return wanted, Remark(f"nodes have {partition.gpus}")
    if not partition.name or partition.gpus is None:
        return wanted, Remark("")
    return wanted, Remark(f"none in {partition.name}", "warn" if wanted else "dim")


def _too_many_gpus(wanted: str, offered: str) -> bool:
    """Return whether no node has that many; `offered` is as the site tells it: `a100:4,v100:2`, or `4`."""
    kinds = [_kind_and_count(part) for part in offered.split(",")]
    kind, count = _kind_and_count(wanted or "0")
    if count == 0 or any(number is None for _, number in kinds):
        return False
    named = [number or 0 for name, number in kinds if name == kind]
    typed = any(name for name, _ in kinds)
    most = sum(named) if kind and typed else sum(number or 0 for _, number in kinds)
    return (count or 0) > most


def _kind_and_count(text: str) -> tuple[str, int | None]:
    """Read `a100:4`, `gpu:a100:4`, `a100:4(S:0-1)` or `4`; no count where there is none to read."""
    kind, _, count = text.strip().partition("(")[0].rpartition(":")
    return kind.rpartition(":")[2].lower(), int(count) if count.isdecimal() else None


def _server(text: str, partition: Partition) -> Read:
    return ServerKind(text), Remark("")


def _setup(text: str, partition: Partition) -> Read:
    commands = tuple(line.rstrip() for line in text.splitlines() if line.strip())
    return commands, Remark("")


def _folder(text: str, partition: Partition) -> Read:
    return text, Remark("" if text else "your home folder")


def _site_default(text: str, partition: Partition) -> Read:
    return text, Remark("" if text else "the site's default")


def _name(text: str, partition: Partition) -> Read:
    return (text, Remark("")) if text else (None, Remark("the job needs a name", "bad"))


def _port(text: str, partition: Partition) -> Read:
    number = _port_number(text)
    if number is None:
        return None, Remark("write a number up to 65535, 0 for any", "bad")
    return number, Remark("" if number else "any that is free on the node")


def _local_port(text: str, partition: Partition) -> Read:
    return _fixed_port(text, "8888, or the next that is free")


def _relay_port(text: str, partition: Partition) -> Read:
    return _fixed_port(text, "no port on the login node")


def _fixed_port(text: str, free_choice: str) -> Read:
    number = _port_number(text)
    if number is None:
        return None, Remark("write a number up to 65535, or 0", "bad")
    if 0 < number < 1024:
        return number, Remark("ports below 1024 are for root", "warn")
    return number, Remark("this one, or an error" if number else free_choice)


def _port_number(text: str) -> int | None:
    number = int(text) if text.isdecimal() else 65536
    return number if number < 65536 else None


def _outfile(text: str, partition: Partition) -> Read:
    return text, Remark("" if text else "in the job's own folder")


def _options(text: str, partition: Partition) -> Read:
    try:
        return tuple(shlex.split(text)), Remark("" if text else "as on the scheduler's command line")
    except ValueError:
        return None, Remark("a quotation mark is not closed", "bad")


_READERS: dict[str, Reader] = {
    "queue": _queue,
    "walltime": _walltime,
    "memory": _memory,
    "cores": _cores,
    "gpus": _gpus,
    "server": _server,
    "setup": _setup,
    "folder": _folder,
    "account": _site_default,
    "qos": _site_default,
    "port": _port,
    "local_port": _local_port,
    "relay_port": _relay_port,
    "outfile": _outfile,
    "name": _name,
    "options": _options,
}
