"""The stub command for sbatch."""

from __future__ import annotations

from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm.batch_script import directives, read_script
from jupystra_tui.demo.slurm.controller import VERSION, Controller
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage
from jupystra_tui.demo.slurm.sbatch_options import FAILED, MALFORMED, job_request

USAGE = CommandUsage(
    "sbatch",
    (
        CommandOption("account", "A", takes_value=True),
        CommandOption("chdir", "D", takes_value=True),
        CommandOption("comment", takes_value=True),
        CommandOption("constraint", "C", takes_value=True),
        CommandOption("cpus-per-task", "c", takes_value=True),
        CommandOption("gres", takes_value=True),
        CommandOption("job-name", "J", takes_value=True),
        CommandOption("mem", takes_value=True),
        CommandOption("no-requeue"),
        CommandOption("open-mode", takes_value=True),
        CommandOption("output", "o", takes_value=True),
        CommandOption("parsable"),
        CommandOption("partition", "p", takes_value=True),
        CommandOption("qos", "q", takes_value=True),
        CommandOption("time", "t", takes_value=True),
        CommandOption("version", "V"),
        CommandOption("wrap", takes_value=True),
    ),
    code=MALFORMED,
    options_first=True,
)


def sbatch(controller: Controller, call: CommandCall) -> CommandReply:
    """Put a batch script in the queue."""
    options, operands = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    script = read_script(call, options, operands)
    options = directives(script, USAGE) | options
    request = job_request(call, script, options, controller.inventory)
    id = controller.contact(FAILED).submit(request)
    return CommandReply(f"{id}\n" if "parsable" in options else f"Submitted batch job {id}\n")
