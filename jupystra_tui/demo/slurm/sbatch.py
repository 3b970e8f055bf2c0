"""The stand-in for sbatch."""

from __future__ import annotations

from jupystra_tui.demo.dialect import Answer, Call
from jupystra_tui.demo.slurm.controller import VERSION, Controller
from jupystra_tui.demo.slurm.options import Option, Usage
from jupystra_tui.demo.slurm.request import FAILED, MALFORMED, job_request
from jupystra_tui.demo.slurm.script import directives, read_script

USAGE = Usage(
    "sbatch",
    (
        Option("account", "A", takes_value=True),
        Option("chdir", "D", takes_value=True),
        Option("comment", takes_value=True),
        Option("constraint", "C", takes_value=True),
        Option("cpus-per-task", "c", takes_value=True),
        Option("gres", takes_value=True),
        Option("job-name", "J", takes_value=True),
        Option("mem", takes_value=True),
        Option("no-requeue"),
        Option("open-mode", takes_value=True),
        Option("output", "o", takes_value=True),
        Option("parsable"),
        Option("partition", "p", takes_value=True),
        Option("qos", "q", takes_value=True),
        Option("time", "t", takes_value=True),
        Option("version", "V"),
        Option("wrap", takes_value=True),
    ),
    code=MALFORMED,
    options_first=True,
)


def sbatch(controller: Controller, call: Call) -> Answer:
    """Put a batch script in the queue."""
    options, operands = USAGE.parse(call.argv)
    if "version" in options:
        return Answer(VERSION)
    script = read_script(call, options, operands)
    options = directives(script, USAGE) | options
    request = job_request(call, script, options, controller.inventory)
    id = controller.contact(FAILED).submit(request)
    return Answer(f"{id}\n" if "parsable" in options else f"Submitted batch job {id}\n")
