"""The stub command for sacct, which reads a database, also while the controller does not answer."""

from __future__ import annotations

from collections.abc import Mapping

from jupystra_tui.demo.demo_job import DemoJob, DemoState
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm.controller import VERSION, Controller
from jupystra_tui.demo.slurm.formats import job_id, limit, long_time, timestamp
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage, SlurmError

USAGE = CommandUsage(
    "sacct",
    (
        CommandOption("allocations", "X"),
        CommandOption("delimiter", takes_value=True),
        CommandOption("format", "o", takes_value=True),
        CommandOption("jobs", "j", takes_value=True),
        CommandOption("noheader", "n"),
        CommandOption("parsable2", "P"),
        CommandOption("version", "V"),
    ),
    hint=False,
)
COLUMNS = (
    *(
        "JobID",
        "JobIDRaw",
        "JobName",
        "Partition",
        "Account",
        "AllocCPUS",
        "State",
        "ExitCode",
        "DerivedExitCode",
    ),
    *("Elapsed", "Timelimit", "Submit", "Start", "End", "NodeList", "Reason", "User"),
)
DEFAULT_FORMAT = "JobID,JobName,Partition,Account,AllocCPUS,State,ExitCode"


def sacct(controller: Controller, call: CommandCall) -> CommandReply:
    """List all jobs, in columns separated by a delimiter; it has no other layout, and no job steps."""
    options, operands = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    if operands:
        raise SlurmError(f"sacct: error: Unknown arguments: {' '.join(operands)}\n")
    if "parsable2" not in options or "allocations" not in options:
        raise SlurmError("sacct: error: on the practice cluster sacct needs -P and -X\n")
    delimiter = options.get("delimiter", "|")
    columns = [_column(name) for name in options.get("format", DEFAULT_FORMAT).split(",") if name]
    now = controller.queue.clock()
    rows = [] if "noheader" in options else [delimiter.join(columns)]
    for job in _chosen(controller.queue.history(), options):
        values = fields(job, controller, now)
        rows.append(delimiter.join(values[column] for column in columns))
    return CommandReply("".join(f"{row}\n" for row in rows))


def fields(job: DemoJob, controller: Controller, now: float) -> Mapping[str, str]:
    """Every value that `--format` can name."""
    request = job.request
    cancelled = job.state is DemoState.CANCELLED
    code = f"{job.exit_code}:{0 if cancelled else job.exit_signal}"
    never = "None" if job.ended is not None else "Unknown"
    return {
        "JobID": job_id(job),
        "JobIDRaw": str(job.id),
        "JobName": request.name,
        "Partition": request.partition,
        "Account": request.account,
        "AllocCPUS": str(request.cpus if job.node else 0),
        "State": f"CANCELLED by {controller.uid}" if cancelled else job.state.name,
        "ExitCode": code,
        "DerivedExitCode": "0:0",
        "Elapsed": long_time(job.elapsed(now)),
        "Timelimit": limit(request.minutes, long_time),
        "Submit": timestamp(job.submitted),
        "Start": timestamp(job.started, never),
        "End": timestamp(job.ended, "Unknown"),
        "NodeList": job.node or "None assigned",
        "Reason": "None",
        "User": controller.user,
    }


def _column(name: str) -> str:
    for column in COLUMNS:
        if column.lower() == name.lower():
            return column
    raise SlurmError(f'sacct: error: Invalid field requested: "{name}"\n')


def _chosen(jobs: list[DemoJob], options: Mapping[str, str]) -> list[DemoJob]:
    if "jobs" not in options:
        return jobs
    ids = options["jobs"].split(",")
    for id in ids:
        if not id.split("_")[0].isdecimal():
            raise SlurmError(f"sacct: fatal: Bad job/step specified: {id}\n")
    arrays = {job.id: str(job.array.id) for job in jobs if job.array}
    return [job for job in jobs if {job_id(job), str(job.id), arrays.get(job.id, "")} & set(ids)]
