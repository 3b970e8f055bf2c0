"""The stub command for bsub."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from jupystra_tui.demo.demo_job import DemoRequest
from jupystra_tui.demo.inventory import DemoPartition
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

LETTERS = "q:W:n:R:M:J:o:e:P:xrNBH"
USAGE = """bsub: illegal option -- {letter}
Usage: bsub [-h] [-V] [-x] [-H] [-r] [-N] [-B] [-I | -K | -Ip | -Is]
		[-W run_limit[/host_spec]] [-P project_name] [-q queue_name ...]  [-R res_req]
		[-n min_processors[,max_processors]] [-J job_name]
		[-o out_file] [-e err_file] [-M mem_limit]
		command [argument ...]"""
REFUSED = "Job not submitted."
NAME_LIMIT = 254
LIMIT = re.compile(r"(?:(\d+):)?(\d+)", re.ASCII)
ARRAY = re.compile(r"(.+)\[(\d+)-(\d+)\](?:%(\d+))?", re.ASCII)
REQUIREMENT = re.compile(r"\s*(?:\w+\[[^\[\]]*\]\s*)+")


def bsub(daemon: Daemon, call: CommandCall) -> CommandReply:
    """Put a command, or the script on standard input, in the queue."""
    given, command = options(call.argv, LETTERS, USAGE)
    script = f"#!/bin/sh\n{shlex.join(command)}\n" if command else call.read_stdin()
    words = _directives(script) | given
    queue = _queue(daemon, words.get("q", ""))
    array = ARRAY.fullmatch(words.get("J", ""))
    if array:
        words["J"] = array[1]
    request = _request(daemon, call, _Submission(script, command, words, queue))
    elements = range(int(array[2]) - 1, int(array[3])) if array else range(0)  # LSF counts from 1
    id = daemon.submitted(request, call.print_error, tuple(elements), int(array[4] or 0) if array else 0)
    which = f"queue <{queue.name}>" if "q" in words else f"default queue <{queue.name}>"
    return CommandReply(f"Job <{id}> is submitted to {which}.\n")


@dataclass(frozen=True)
class _Submission:
    script: str
    command: list[str]
    words: dict[str, str]
    queue: DemoPartition


def _directives(script: str) -> dict[str, str]:
    """The options in the `#BSUB` lines; those of the command line overrule them."""
    lines = (line.removeprefix("#BSUB") for line in script.splitlines() if line.startswith("#BSUB"))
    found, _ = options([word for line in lines for word in shlex.split(line)], LETTERS, USAGE)
    return found


def _queue(daemon: Daemon, name: str) -> DemoPartition:
    partitions = daemon.inventory.partitions
    if not name:
        return partitions[0]
    try:
        return daemon.inventory.partition(name)
    except KeyError:
        raise LsfError(f"{name}: No such queue. {REFUSED}") from None


def _request(daemon: Daemon, call: CommandCall, asked: _Submission) -> DemoRequest:
    words, queue = asked.words, asked.queue
    name = words.get("J") or (" ".join(asked.command) or asked.script.replace("\n", ";"))[:NAME_LIMIT]
    if len(words.get("J", "")) > NAME_LIMIT or "[" in name.removesuffix("]"):
        raise LsfError(f"Bad job name. {REFUSED}")
    cpus = words.get("n", "1").split(",")[0]
    if not cpus.isdecimal() or not int(cpus):
        raise LsfError(f"Bad argument for option -n. {REFUSED}")
    if int(cpus) > max(node.cpus for node in queue.nodes):
        raise LsfError(f"Too many processors requested. {REFUSED}")
    limit = _memory_limit(words["M"]) if "M" in words else None
    return DemoRequest(
        name=name,
        partition=queue.name,
        script=asked.script if asked.script.startswith("#!") else f"#!/bin/sh\n{asked.script}",
        folder=call.folder,
        output=words.get("o", "/dev/null"),
        append=True,
        cpus=int(cpus),
        memory=_reserved(words.get("R", "")),
        memory_limit=limit,
        requirement=words.get("R", ""),
        minutes=_minutes(words["W"], queue) if "W" in words else queue.usual,
        account=words.get("P", "default"),
        requeue="r" in words,
        umask=call.umask,
        environment=call.environment,
    )


def _memory_limit(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise LsfError(f"{text}: MEMLIMT value should be a positive integer. {REFUSED}")
    return int(text)


def _reserved(requirement: str) -> int:
    """Megabytes that `rusage[mem=]` reserves, 0 for none."""
    if requirement and not REQUIREMENT.fullmatch(requirement):
        raise LsfError(f"Bad resource requirement syntax. {REFUSED}")
    match = re.search(r"rusage\[.*?\bmem=(\d+)", requirement)
    return int(match[1]) if match else 0


def _minutes(text: str, queue: DemoPartition) -> int:
    match = LIMIT.fullmatch(text.partition("/")[0])
    if match is None:
        raise LsfError(f"{text}: Bad RUNLIMIT specification. {REFUSED}")
    minutes = int(match[1] or 0) * 60 + int(match[2])
    if minutes > queue.longest:
        raise LsfError(f"RUNLIMIT: Cannot exceed queue's hard limit(s). {REFUSED}")
    return minutes
