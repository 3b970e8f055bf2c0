"""The stub command for scancel."""

from __future__ import annotations

import re

from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm.controller import VERSION, Controller
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage, SlurmError

USAGE = CommandUsage("scancel", (CommandOption("version", "V"),))
JOB = re.compile(r"(\d+)(?:_(?:(\d+)|\[([\d,-]+)\]))?")
CONTROLLER_AWAY = 8


def scancel(controller: Controller, call: CommandCall) -> CommandReply:
    """Cancel jobs, arrays (45) or tasks (45_2, 45_[2-5]); an id that is not there is no error."""
    options, ids = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    if not ids:
        raise SlurmError("scancel: error: No job identification provided\n")
    chosen = [_job(text) for text in ids]
    for id, tasks in chosen:
        queue = controller.contact(f"scancel: error: Kill job error on job id {id}: ", CONTROLLER_AWAY)
        queue.cancel(id, tasks)
    return CommandReply()


def _job(text: str) -> tuple[int, set[int] | None]:
    match = JOB.fullmatch(text)
    if match is None:
        raise SlurmError(f"scancel: error: Invalid job id {text}\n")
    tasks = match[2] or match[3]
    return int(match[1]), _numbers(tasks) if tasks else None


def _numbers(text: str) -> set[int]:
    """The numbers of `2,4-5`."""
    numbers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers
