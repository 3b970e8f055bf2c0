"""The stub command for scontrol."""

from __future__ import annotations

from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm import records
from jupystra_tui.demo.slurm.controller import INVALID_JOB, VERSION, Controller
from jupystra_tui.demo.slurm.formats import job_id
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage, SlurmError

USAGE = CommandUsage(
    "scontrol", (CommandOption("all", "a"), CommandOption("oneliner", "o"), CommandOption("version", "V"))
)


def scontrol(controller: Controller, call: CommandCall) -> CommandReply:
    """`show partition [NAME]`, `show job [ID]` and `ping`, each record on one line with `-o`."""
    options, words = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    match words:
        case ["ping"]:
            return _ping(controller)
        case ["show"]:
            raise SlurmError("too few arguments for keyword:show\n")
        case ["show", "partition", *names]:
            found = _partitions(controller, names)
        case ["show", "job", *ids]:
            found = _jobs(controller, ids)
        case ["show", entity, *_]:
            raise SlurmError(f"invalid entity:{entity} for keyword:show \n")
        case _:
            raise SlurmError(f"invalid keyword: {' '.join(words)}\n")
    between, after = (" ", "\n") if "oneliner" in options else ("\n   ", "\n\n")
    return CommandReply("".join(between.join(lines) + after for lines in found))


def _ping(controller: Controller) -> CommandReply:
    up = controller.silent_seconds is None
    login = controller.inventory.login
    return CommandReply(f"Slurmctld(primary) at {login} is {'UP' if up else 'DOWN'}\n", code=0 if up else 1)


def _partitions(controller: Controller, names: list[str]) -> list[list[str]]:
    controller.contact("slurm_load_partitions error: ")
    partitions = controller.inventory.partitions
    unknown = [name for name in names if name not in {partition.name for partition in partitions}]
    if unknown:
        raise SlurmError(f"Partition {unknown[0]} not found\n")
    return [records.partition(one, controller) for one in partitions if not names or one.name in names]


def _jobs(controller: Controller, ids: list[str]) -> list[list[str]]:
    jobs = controller.contact("slurm_load_jobs error: ").jobs()
    if ids and not ids[0].split("_")[0].isdecimal():
        raise SlurmError("scontrol_print_job error: Invalid job id specified\n")
    if ids:
        jobs = [
            job
            for job in jobs
            if ids[0] in (str(job.id), job_id(job)) or (job.array and ids[0] == str(job.array.id))
        ]
        if not jobs:
            raise SlurmError(INVALID_JOB)
    return [records.job(job, controller) for job in jobs]
