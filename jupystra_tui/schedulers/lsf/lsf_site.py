"""A site's queues, their limits and their hosts."""

import re
from itertools import pairwise

from msgspec import Struct

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Partition
from jupystra_tui.model.names import host_name
from jupystra_tui.schedulers.lsf.lsf_dialects import IN_TIME
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure
from jupystra_tui.schedulers.lsf.lsf_values import mebibytes, run_limit
from jupystra_tui.schedulers.roles import Argv
from jupystra_tui.text import clean

_ASK = r"""queues=$(jupystra_in_time bqueues -l -u "${LOGNAME:-$(id -un)}" 2>&1)
case $queues in *QUEUE:*|*"not responding"*) ;; *) queues=$(jupystra_in_time bqueues -l 2>&1);; esac
case $queues in *QUEUE:*) jupystra_in_time bparams;; esac
printf '\036\n%s\n\036\n' "$queues"
case $queues in *QUEUE:*) jupystra_in_time bhosts -w; printf '\036\n'; jupystra_in_time lshosts -w
  case $queues in *HOSTS:*/*) printf '\036\n'; jupystra_in_time bmgroup -w;; esac;; esac"""
_VERSION = re.compile(r"\b(?:LSF|volclava|openlava)\b\D*?(\d+(?:\.\d+)*)", re.IGNORECASE)
_QUEUE = re.compile(r"^QUEUE: *(\S+)(.*?)(?=^QUEUE:|\Z)", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"\b(Open|Closed):(\w+)")
_HEADINGS = re.compile(r"^ *(?:DEFAULT )?[A-Z]+(?: {2,}(?:DEFAULT )?[A-Z]+)* *$")
_HEADING = re.compile(r"(?:DEFAULT )?[A-Z]+")
_DEEPEST = 20  # groups in groups
_DEFAULTS = re.compile(r"DEFAULT_QUEUE *= *(.+)|Default Queues?: *(.+)", re.IGNORECASE)
_FULL = {"ok", "closed", "closed_full", "closed_excl", "closed_busy", "closed_cu_excl"}


class _Host(Struct, frozen=True):
    name: str
    up: bool
    slots: int | None
    free: bool
    memory: int | None


def version_command() -> Argv:
    """Return bjobs with the option that prints its version; it needs no daemon."""
    return "bjobs", "-V"


def parse_version(text: str) -> str:
    """Return `10.1.0.12` from `IBM Spectrum LSF Standard 10.1.0.12`; raises SchedulerError for anything else."""
    match = _VERSION.search(text)
    if not match:
        raise SchedulerError("bjobs did not print a version of LSF", "Is this LSF?", clean(text))
    return clean(match[1], 40)


def partitions_script() -> str:
    """Return shell text that prints the default queue, the user's queues, the hosts' slots and the hosts' memory."""
    return f"(\nexec 2>&1; LC_ALL=C; export LC_ALL\n{IN_TIME}{_ASK}\n)"


def parse_partitions(text: str) -> tuple[Partition, ...]:
    """Parse the output of `partitions_script`; raises SchedulerError if no queue is in it."""
    params, queues, hosts, sizes, groups = (*text.split("\x1e"), "", "", "", "", "")[:5]
    found = _QUEUE.findall(queues)
    if not found:
        raise explain_failure(1, queues or text, "bqueues")
    match = _DEFAULTS.search(params)
    default = (match[1] or match[2] or "").split()[:1] if match else []
    known, groups_by_name = _hosts(hosts, sizes), _groups(groups)
    return tuple(_partition(name, story, default, known, groups_by_name) for name, story in found)


def usual_limits(text: str) -> dict[str, int | None]:
    """Return by queue the run limit in seconds of a job that requests none, from `partitions_script`'s output."""
    queues = (*text.split("\x1e"), "")[1]
    limits = {clean(name): _run_limits(story) for name, story in _QUEUE.findall(queues)}
    return {name: known.get("DEFAULT RUNLIMIT") or known.get("RUNLIMIT") for name, known in limits.items()}


def nodes_command() -> Argv:
    """Return the command that lists the hosts and their states."""
    return ("bhosts", "-w")


def parse_nodes(text: str) -> tuple[str, ...]:
    """Return the hosts that are up and run jobs."""
    up = (host_name(host.name) for host in _hosts(text, "") if host.up and host.slots != 0)
    return tuple(dict.fromkeys(filter(None, up)))


def _partition(
    name: str, story: str, default: list[str], known: tuple[_Host, ...], groups: dict[str, list[str]]
) -> Partition:
    limits = _run_limits(story)
    status = _STATUS.search(story)
    mine = _of_queue(story, known, groups)
    memory = [host.memory for host in mine if host.memory]
    return Partition(
        name=clean(name),
        default=name in default,
        up=status is None or (status[1] == "Open" and status[2].startswith(("Act", "Inact_Win"))),
        max_time=limits.get("RUNLIMIT"),
        nodes=len(mine),
        idle_nodes=sum(host.free for host in mine) if mine else None,
        cores_per_node=max((host.slots or 0 for host in mine), default=0) or None,
        memory_per_node=max(memory) if memory else None,
        gpus=None,
    )


def _of_queue(story: str, known: tuple[_Host, ...], groups: dict[str, list[str]]) -> list[_Host]:
    """Return the hosts of a queue that may run jobs; all of them if it names a group that is not known."""
    usable = [host for host in known if host.slots != 0]
    match = re.search(r"^HOSTS: *(.*)", story, re.MULTILINE)
    words = [re.sub(r"\+\d+$", "", word) for word in match[1].split()] if match else []
    named = [_members(word, groups, usable) for word in words if not word.startswith("~")]
    left_out = [_members(word[1:], groups, usable) for word in words if word.startswith("~")]
    if None in named or None in left_out:
        return usable
    wanted = {name for names in named for name in names or ()} or {host.name for host in usable}
    wanted -= {name for names in left_out for name in names or ()}
    there = any(host.name in wanted for host in known)
    return [host for host in usable if host.name in wanted] if there else usable


def _members(
    word: str, groups: dict[str, list[str]], usable: list[_Host], depth: int = 0
) -> frozenset[str] | None:
    """Return the hosts that a word of a queue or a group stands for, None for a group that is not known."""
    name = word.rstrip("/")
    if name in ("all", "others", "allremote"):
        return frozenset(host.name for host in usable)
    if name not in groups:
        return None if word.endswith("/") else frozenset((name,))
    if depth > _DEEPEST:
        return None
    parts = [_members(part, groups, usable, depth + 1) for part in groups[name]]
    return None if None in parts else frozenset().union(*(part for part in parts if part))


def _groups(text: str) -> dict[str, list[str]]:
    """Return the words after the name of each host group, as bmgroup prints them; a group may hold others."""
    rows = (line.split() for line in text.splitlines() if not line.startswith("GROUP_NAME"))
    return {
        words[0].rstrip("/"): [word.strip("()") for word in words[1:]] for words in rows if len(words) > 1
    }


def _run_limits(story: str) -> dict[str, int | None]:
    """Return a queue's run limits by heading.

    IBM prints them in sections for the default and the maximum limits, and several limits may share a line.
    """
    limits: dict[str, int | None] = {}
    section = ""
    lines = story.splitlines()
    for headings, values in pairwise(lines):
        if re.fullmatch(r"(?:DEFAULT|MAXIMUM) LIMITS: *", headings):
            section = "DEFAULT " if headings.startswith("DEFAULT") else ""
        elif _HEADINGS.match(headings):
            for heading in _HEADING.finditer(headings):
                name = section + heading[0].removeprefix(section)
                if name.endswith("RUNLIMIT"):
                    limits[name] = run_limit(values[max(0, heading.start() - 1) :])
    return limits


def _hosts(text: str, sizes: str) -> tuple[_Host, ...]:
    about = {words[0]: words for words in map(str.split, sizes.splitlines()) if len(words) > 6}
    rows = (line.split() for line in text.splitlines() if not line.startswith("HOST_NAME"))
    found = []
    for words in rows:
        if len(words) < 9 or not re.fullmatch(r"\d{1,9}|-", words[3], re.ASCII):
            continue
        size = about.get(words[0], ["-"] * 6)
        free = words[1] == "ok" and words[4] == "0"
        slots = next((int(word) for word in (words[3], size[4]) if word != "-" and word.isdecimal()), None)
        found.append(_Host(clean(words[0]), words[1].lower() in _FULL, slots, free, mebibytes(size[5])))
    return tuple(found)
