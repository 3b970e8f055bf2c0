"""The stand-in for bhist."""

from __future__ import annotations

from jupystra_tui.demo.dialect import Answer, Call
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options
from jupystra_tui.demo.lsf.described import history
from jupystra_tui.demo.lsf.rows import rows

USAGE = """bhist: invalid option -- '{letter}'
Usage: bhist [-h] [-V] [-l] [-a] [-n num_logfiles] [jobId | "jobId[index]" ...]"""


def bhist(daemon: Daemon, call: Call) -> Answer:
    """Tell what happened to jobs, from the events that are still at hand."""
    words, ids = options(call.argv, "lawn:", USAGE)
    if "l" not in words:
        raise LsfError("this practice cluster's bhist knows only -l")
    found = [row for row in rows(daemon) if not ids or {row.id, row.key} & set(ids)]
    if not found:
        return Answer("No matching job found\n", code=255)
    return Answer(f"{'-' * 78}\n".join(history(row, daemon) for row in found))
