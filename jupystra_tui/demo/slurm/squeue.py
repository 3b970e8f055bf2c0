"""The stub command for squeue."""

from __future__ import annotations

from collections.abc import Mapping

from jupystra_tui.demo.demo_job import DemoJob
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm import slurm_names
from jupystra_tui.demo.slurm.controller import INVALID_JOB, VERSION, Controller
from jupystra_tui.demo.slurm.formats import (
    codes,
    fill,
    job_id,
    limit,
    memory,
    short_time,
    task_ids,
    timestamp,
)
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage, SlurmError

USAGE = CommandUsage(
    "squeue",
    (
        CommandOption("all", "a"),
        CommandOption("format", "o", takes_value=True),
        CommandOption("jobs", "j", takes_value=True),
        CommandOption("me"),
        CommandOption("noheader", "h"),
        CommandOption("partition", "p", takes_value=True),
        CommandOption("states", "t", takes_value=True),
        CommandOption("user", "u", takes_value=True),
        CommandOption("version", "V"),
    ),
)
DEFAULT_FORMAT = "%.18i %.9P %.8j %.8u %.2t %.10M %.6D %R"
HEADINGS = {
    "A": "JOBID",
    "B": "EXEC_HOST",
    "C": "CPUS",
    "D": "NODES",
    "F": "ARRAY_JOB_ID",
    "K": "ARRAY_TASK_ID",
    "L": "TIME_LEFT",
    "M": "TIME",
    "N": "NODELIST",
    "P": "PARTITION",
    "R": "NODELIST(REASON)",
    "S": "START_TIME",
    "T": "STATE",
    "U": "UID",
    "V": "SUBMIT_TIME",
    "a": "ACCOUNT",
    "b": "TRES_PER_NODE",
    "i": "JOBID",
    "k": "COMMENT",
    "j": "NAME",
    "l": "TIME_LIMIT",
    "m": "MIN_MEMORY",
    "q": "QOS",
    "r": "REASON",
    "t": "ST",
    "u": "USER",
}


def squeue(controller: Controller, call: CommandCall) -> CommandReply:
    """List the jobs that Slurm still lists."""
    options, operands = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    if operands:
        raise SlurmError(f"squeue: error: Unrecognized option: {operands[0]}\n")
    format = _known(options.get("format", DEFAULT_FORMAT))
    states = _states(options.get("states", ",".join(slurm_names.SHOWN_BY_DEFAULT)))
    jobs = controller.contact("slurm_load_jobs error: ").jobs()
    jobs = [job for job in _chosen(jobs, options) if slurm_names.state(job) in states]
    names, message = _users(options, controller)
    if names:
        jobs = [job for job in jobs if controller.user in names]
    now = controller.queue.clock()
    jobs.sort(key=lambda job: (job.request.partition, slurm_names.state(job), job.id))
    lines = [fill(format, fields(job, controller, now)) for job in jobs]
    if "noheader" not in options:
        lines.insert(0, fill(format, HEADINGS))
    return CommandReply("".join(f"{line}\n" for line in lines), message)


def fields(job: DemoJob, controller: Controller, now: float) -> Mapping[str, str]:
    """Every value that a format can name, by its letter."""
    request, used = job.request, job.elapsed(now)
    allowed = None if request.minutes is None else request.minutes * 60
    asked_memory = controller.inventory.memory_per_cpu if request.memory is None else request.memory
    started = job.started if job.started is not None else job.expected or job.ended
    return {
        "A": str(job.id),
        "B": job.node or "n/a",
        "C": str(request.cpus),
        "D": "1",
        "F": str(job.array.id if job.array else job.id),
        "K": task_ids(job.array) if job.array else "N/A",
        "L": "UNLIMITED" if allowed is None else short_time(allowed - used),
        "M": short_time(used),
        "N": job.node,
        "P": request.partition,
        "R": job.node or f"({slurm_names.reason(job)})",
        "S": timestamp(started),
        "T": slurm_names.state(job),
        "U": str(controller.uid),
        "V": timestamp(job.submitted),
        "a": request.account,
        "b": f"gres:{request.gres}" if request.gres else "N/A",
        "i": job_id(job),
        "j": request.name,
        "k": request.comment or "(null)",
        "l": limit(request.minutes),
        "m": memory(asked_memory),
        "q": request.qos,
        "r": slurm_names.reason(job),
        "t": slurm_names.COMPACT[slurm_names.state(job)],
        "u": controller.user,
    }


def _known(format: str) -> str:
    for code in codes(format):
        if code not in HEADINGS:
            raise SlurmError(f"squeue: error: Invalid job format specification: {code}\n")
    return format


def _states(text: str) -> set[str]:
    long = {name: name for name in slurm_names.COMPACT} | {
        short: name for name, short in slurm_names.COMPACT.items()
    }
    asked = text.upper().split(",")
    for name in asked:
        if name not in long and name != "ALL":
            valid = ",".join(slurm_names.COMPACT)
            raise SlurmError(
                f"squeue: error: Invalid job state specified: {name.lower()}\n"
                f"squeue: error: Valid job states include: {valid}\n\n"
            )
    return set(slurm_names.COMPACT) if "ALL" in asked else {long[name] for name in asked}


def _chosen(jobs: list[DemoJob], options: Mapping[str, str]) -> list[DemoJob]:
    """The jobs that `-j` and `-p` choose; one unknown id alone is an error, among others it is not."""
    if "partition" in options:
        jobs = [job for job in jobs if job.request.partition in options["partition"].split(",")]
    if "jobs" not in options:
        return jobs
    ids = options["jobs"].split(",")
    chosen = [job for job in jobs if not {job_id(job), str(job.id), _array_id(job)}.isdisjoint(ids)]
    if not chosen and len(ids) == 1:
        raise SlurmError(INVALID_JOB)
    return chosen


def _array_id(job: DemoJob) -> str:
    return str(job.array.id if job.array else job.id)


def _users(options: Mapping[str, str], controller: Controller) -> tuple[set[str], str]:
    """Return the requested names, none for all, and an error for each that does not exist."""
    if "me" in options:
        return {controller.user}, ""
    names = set(filter(None, options.get("user", "").split(",")))
    names = {controller.user if name == str(controller.uid) else name for name in names}
    unknown = sorted(names - {controller.user})
    return names, "".join(f"squeue: error: Invalid user: {name}\n\n" for name in unknown)
