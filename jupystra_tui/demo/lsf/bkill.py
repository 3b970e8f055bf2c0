"""The stub command for bkill."""

from __future__ import annotations

import re

from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options
from jupystra_tui.demo.lsf.job_rows import Row, rows
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

USAGE = """bkill: invalid option -- '{letter}'
Usage: bkill [-h] [-V] [-l] [-r] [-J job_name] [jobId | "jobId[index]" ...]"""
NAMED = re.compile(r"(\d+)(?:\[([\d,-]+)\])?", re.ASCII)


def bkill(daemon: Daemon, call: CommandCall) -> CommandReply:
    """Kill jobs; a line is printed for each, and the code is 255 if one could not be killed."""
    words, ids = options(call.argv, "J:rl", USAGE)
    known = rows(daemon)
    if "J" in words:
        ids = [row.key for row in known if row.job.request.name == words["J"] and not row.finished]
        if not ids:
            return CommandReply(stderr=f"Job <{words['J']}> is not found\n", code=255)
    if not ids:
        raise LsfError("Job ID or name is needed")
    done: list[str] = []
    refused: list[str] = []
    for word in ids:
        match = NAMED.fullmatch(word)
        if match is None:
            raise LsfError(f"{word}: Illegal job ID.")
        for name in [f"{match[1]}[{element}]" for element in _elements(match[2] or "")] or [word]:
            error = _error(known, name)
            (refused if error else done).append(f"Job <{name}>{error or ' is being terminated'}\n")
        daemon.queue.cancel(int(match[1]), [element - 1 for element in _elements(match[2] or "")] or None)
    return CommandReply("".join(done), "".join(refused), 255 if refused else 0)


def _elements(text: str) -> list[int]:
    """The elements of `1-3,7`."""
    spans = (part.partition("-") for part in text.split(",") if part)
    return [element for first, _, last in spans for element in range(int(first), int(last or first) + 1)]


def _error(known: list[Row], word: str) -> str:
    mine = [row for row in known if word in (row.id, row.key)]
    if not mine:
        return ": No matching job found"
    return ": Job has already finished" if all(row.finished for row in mine) else ""
