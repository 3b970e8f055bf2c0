"""One job in full, as `bjobs -l` and `bhist -l` print it."""

from __future__ import annotations

import textwrap

from jupystra_tui.demo.demo_job import DemoJob, DemoState
from jupystra_tui.demo.lsf.daemon import Daemon, clock
from jupystra_tui.demo.lsf.job_rows import Row

LOADS = """
 SCHEDULING PARAMETERS:
           r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem
 loadSched   -     -     -     -       -     -    -     -     -      -      -  
 loadStop    -     -     -     -       -     -    -     -     -      -      -  

 RESOURCE REQUIREMENT DETAILS:
 Combined: select[type == local] order[r15s:pg]
 Effective: -

"""  # noqa: W291
TIMEOUT_CODE, KILL_CODE = 140, 130
WRAP, COLUMN = 80, 25


def described(row: Row, daemon: Daemon) -> str:
    """The row as `bjobs -l` writes it."""
    job = row.job
    lines = [
        "",
        f"{_head(row, daemon)}, Status <{row.word}>, Queue <{job.request.partition}>, Command <{_command(job)}>",
        f"{clock(job.submitted)}: Submitted from host <{daemon.inventory.login}>, CWD <{job.request.folder}>,"
        f" Output File <{job.request.output}>{_asked(job)};",
        *_limits(job),
    ]
    if row.word == "PEND":
        lines += [" PENDING REASONS:", f" {row.reason(len(daemon.inventory.nodes))}"]
    if job.started is not None:
        lines.append(
            f"{clock(job.started)}: Started on {_slots(job)}<{row.hosts}>, Execution Home <{_home(job)}>,"
            f" Execution CWD <{job.request.folder}>;"
        )
    if row.finished:
        lines.append(f"{clock(job.ended or 0)}: {end_of(row)}")
    return "\n".join(lines) + "\n" + LOADS


def history(row: Row, daemon: Daemon) -> str:
    """The row as `bhist -l` writes it: each event wrapped at 80 columns, words cut where they may be."""
    job = row.job
    events = [
        f"{clock(job.submitted)}: Submitted from host <{daemon.inventory.login}>, to Queue <{job.request.partition}>,"
        f" CWD <{job.request.folder}>, Output File <{job.request.output}>{_asked(job)};"
    ]
    lines = ["", f"{_head(row, daemon)}, Command <{_command(job)}>", *map(_wrapped, events), *_limits(job)]
    if job.started is not None:
        lines += [_wrapped(f"{clock(job.started)}: Dispatched to <{row.hosts}>;")]
        lines += [_wrapped(f"{clock(job.started)}: Starting (Pid {job.id});")]
    if job.state is DemoState.CANCELLED and job.ended is not None:
        told = f"Signal <KILL> requested by user or administrator <{daemon.user}>;"
        lines += [_wrapped(f"{clock(job.ended)}: {told}")]
    if row.finished:
        lines += [_wrapped(f"{clock(job.ended or 0)}: {end_of(row).removesuffix('.')};")]
    return "\n".join(lines) + "\n\n"


def end_of(row: Row) -> str:
    """How it ended, in LSF's words."""
    job = row.job
    if row.word == "DONE":
        return "Done successfully. The CPU time used is 0.0 seconds."
    if job.started is None:
        return "Exited"
    code = {DemoState.TIMEOUT: TIMEOUT_CODE, DemoState.CANCELLED: KILL_CODE}.get(
        job.state, job.exit_code or 128 + job.exit_signal
    )
    return f"Exited with exit code {code}. The CPU time used is 0.0 seconds."


def _head(row: Row, daemon: Daemon) -> str:
    return (
        f"Job <{row.key}>, Job Name <{row.name}>, User <{daemon.user}>, Project <{row.job.request.account}>"
    )


def _command(job: DemoJob) -> str:
    return job.request.script.replace("\n", ";")[:255]


def _home(job: DemoJob) -> str:
    return job.request.environment.get("HOME", "/")


def _asked(job: DemoJob) -> str:
    """The slots and resources that were asked for, as printed after the output file."""
    slots = f", {job.request.cpus} Processors Requested" if job.request.cpus > 1 else ""
    return slots + (f", Requested Resources <{job.request.requirement}>" if job.request.requirement else "")


def _slots(job: DemoJob) -> str:
    return f"{job.request.cpus} Hosts/Processors " if job.request.cpus > 1 else ""


def _limits(job: DemoJob) -> list[str]:
    """The limits of time and memory, where there are any; LSF shows the latter in kilobytes."""
    minutes, memory = job.request.minutes, job.request.memory_limit
    time = [] if minutes is None else ["", " RUNLIMIT".ljust(COLUMN), f" {minutes}.0 min".ljust(COLUMN)]
    return [*time, *([] if memory is None else ["", " MEMLIMIT", f" {memory * 1024} K"])]


def _wrapped(event: str) -> str:
    return textwrap.indent(
        "\n".join([event[:WRAP], *(event[at : at + 59] for at in range(WRAP, len(event), 59))]), " " * 21
    ).removeprefix(" " * 21)
