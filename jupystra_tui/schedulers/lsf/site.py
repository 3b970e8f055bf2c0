"""What a site has: its queues, their limits and their hosts."""

import re
import shlex

from msgspec import Struct

from jupystra_tui.model import Partition
from jupystra_tui.schedulers.base import Argv
from jupystra_tui.schedulers.lsf.failures import explain_failure
from jupystra_tui.schedulers.lsf.words import mebibytes, run_limit
from jupystra_tui.text import clean

_COMMANDS = (("bparams",), ("bqueues", "-l"), ("bhosts", "-w"), ("lshosts", "-w"))
_QUEUE = re.compile(r"^QUEUE: *(\S+)(.*?)(?=^QUEUE:|\Z)", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\b(Open|Closed):(\w+)")
_LIMITS = re.compile(r"^ *(DEFAULT RUNLIMIT|RUNLIMIT)\b.*\n *(\d+(?:\.\d+)?) min", re.MULTILINE)
_DEFAULTS = re.compile(r"DEFAULT_QUEUE *= *(.+)|Default Queues?: *(.+)", re.IGNORECASE)
_FULL = {"ok", "closed", "closed_full", "closed_excl", "closed_busy", "closed_cu_excl"}


class _Host(Struct, frozen=True):
    name: str
    up: bool
    slots: int
    free: bool
    memory: int | None


def partitions_script() -> str:
    """Return shell text that prints the default queue, the queues, the hosts' slots and the hosts' memory."""
    return "; printf '\\036\\n'; ".join(f"{shlex.join(command)} 2>&1" for command in _COMMANDS)


def parse_partitions(text: str) -> tuple[Partition, ...]:
    """Read what `partitions_script` printed; raises SchedulerError where no queue is in it."""
    params, queues, hosts, sizes = (*text.split("\x1e"), "", "", "", "")[:4]
    found = _QUEUE.findall(queues)
    if not found:
        raise explain_failure(1, queues or text, "bqueues")
    match = _DEFAULTS.search(params)
    default = (match[1] or match[2] or "").split()[:1] if match else []
    known = _hosts(hosts, sizes)
    return tuple(_partition(name, story, default, known) for name, story in found)


def nodes_command() -> Argv:
    """Return the command that lists the hosts and their states."""
    return ("bhosts", "-w")


def parse_nodes(text: str) -> tuple[str, ...]:
    """Return the hosts that are up and run jobs."""
    return tuple(dict.fromkeys(host.name for host in _hosts(text, "") if host.up and host.slots))


def _partition(name: str, story: str, default: list[str], known: tuple[_Host, ...]) -> Partition:
    limits = {heading: run_limit(minutes) for heading, minutes in _LIMITS.findall(story)}
    status = _STATUS.search(story)
    mine = _of_queue(story, known)
    memory = [host.memory for host in mine if host.memory]
    return Partition(
        name=clean(name),
        default=name in default,
        up=status is None or (status[1] == "Open" and status[2].startswith("Act")),
        max_time=limits.get("RUNLIMIT"),
        default_time=limits.get("DEFAULT RUNLIMIT"),
        nodes=len(mine),
        idle_nodes=sum(host.free for host in mine) if mine else None,
        cores_per_node=max((host.slots for host in mine), default=0) or None,
        memory_per_node=max(memory) if memory else None,
    )


def _of_queue(story: str, known: tuple[_Host, ...]) -> list[_Host]:
    """Return the hosts of a queue; where it names groups that we cannot resolve, all that may run jobs."""
    match = re.search(r"^HOSTS: *(.*)", story, re.MULTILINE)
    named = {re.sub(r"\+\d+$", "", word) for word in match[1].split()} if match else set()
    mine = [host for host in known if host.name in named]
    return mine or [host for host in known if host.slots]


def _hosts(text: str, sizes: str) -> tuple[_Host, ...]:
    memory = {words[0]: mebibytes(words[5]) for words in map(str.split, sizes.splitlines()) if len(words) > 6}
    rows = (line.split() for line in text.splitlines() if not line.startswith("HOST_NAME"))
    found = []
    for words in rows:
        if len(words) < 9 or not re.fullmatch(r"\d+|-", words[3]):
            continue
        up, slots = words[1].lower() in _FULL, int(words[3]) if words[3] != "-" else 0
        found.append(
            _Host(clean(words[0]), up, slots, words[1] == "ok" and words[4] == "0", memory.get(words[0]))
        )
    return tuple(found)
