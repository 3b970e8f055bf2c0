"""The stub command for bhist."""

from __future__ import annotations

from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options
from jupystra_tui.demo.lsf.job_rows import rows
from jupystra_tui.demo.lsf.long_format import history
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

USAGE = """bhist: invalid option -- '{letter}'
Usage: bhist [-h] [-V] [-l] [-a] [-n num_logfiles] [jobId | "jobId[index]" ...]"""


def bhist(daemon: Daemon, call: CommandCall) -> CommandReply:
    """Print the history of jobs, from the events that are still stored."""
    words, ids = options(call.argv, "lawn:", USAGE)
    if "l" not in words:
        raise LsfError("this practice cluster's bhist knows only -l")
    found = [row for row in rows(daemon) if not ids or {row.id, row.key} & set(ids)]
    if not found:
        return CommandReply("No matching job found\n", code=255)
    return CommandReply(f"{'-' * 78}\n".join(history(row, daemon) for row in found))
