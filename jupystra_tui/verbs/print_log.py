"""`jupystra log`: print the end of a job's log; with -f follow it until the job ends."""

import asyncio
import itertools
from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState
from jupystra_tui.verbs.clusters import add_cluster, find_and_log_in
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import OK, NotFound
from jupystra_tui.verbs.list_jobs import fresh_snapshot
from jupystra_tui.verbs.output import print_json, print_json_line, print_result

READ_INTERVAL_SECONDS = 2.0
POLL_EVERY_READS = 5


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("job", metavar="JOB_ID", help="job id as `jupystra list` shows it")
    parser.add_argument(
        "-f", "--follow", action="store_true", help="follow the log until the job ends, or ^C"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object with its path and text; with -f one object per line",
    )
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Print the log, with -f also new lines; raises NotFound if there is no log."""
    async with attached(arguments) as context:
        cluster = (await find_and_log_in(context, arguments, [arguments.job])).name
        if arguments.follow:
            await fresh_snapshot(context, cluster)
        job = context.state.job(cluster, arguments.job)
        request = protocol.ReadLog(cluster, job.key if job else arguments.job)
        log = await _read(context, request)
        if arguments.follow:
            log = await _follow(context, request, log, as_json=arguments.json)
        elif log.text:
            _print(request, log, as_json=arguments.json)
    if not log.text:
        raise _no_log(job, arguments.job, log)
    return OK


def _print(request: protocol.ReadLog, log: protocol.LogRead, *, as_json: bool) -> None:
    if as_json:
        print_json({"job_id": request.job, "cluster": request.cluster, "path": log.path, "text": log.text})
    else:
        print_result(log.text)


def _print_piece(request: protocol.ReadLog, path: str, lines: list[str], *, as_json: bool) -> None:
    text = "\n".join(lines)
    if as_json:
        print_json_line({"job_id": request.job, "cluster": request.cluster, "path": path, "text": text})
    else:
        print_result(text)


def _no_log(job: Job | None, name: str, log: protocol.LogRead) -> NotFound:
    if job and job.state is JobState.PENDING:
        return NotFound(f"Job {name} is pending and has no log yet", "Use -f to wait for it.")
    if log.path:
        return NotFound(f"Job {name} has written nothing to its log", f"It is {log.path} on the cluster.")
    return NotFound(
        f"Job {name} has no log", "Only jobs started with jupystra-tui or `jupystra start` have one."
    )


async def _read(context: VerbContext, request: protocol.ReadLog) -> protocol.LogRead:
    return await context.request(request)


async def _follow(
    context: VerbContext, request: protocol.ReadLog, log: protocol.LogRead, *, as_json: bool
) -> protocol.LogRead:
    """Print the log as it grows, and return it as it was at the job's end."""
    await context.request(protocol.Attention(True))
    shown: list[str] = []
    before = ""
    for number in itertools.count(1):
        over = _has_ended_or_gone(context, request)
        lines = log.text.split("\n") if log.text else []
        if log.text != before and not over:
            lines = lines[:-1]  # it may be incomplete
        fresh = new_lines(shown, lines)
        if fresh:
            _print_piece(request, log.path, fresh, as_json=as_json)
        shown, before = lines, log.text
        if over:
            break
        if number % POLL_EVERY_READS == 0:
            await context.request(protocol.Refresh(request.cluster))
        await _wait_before_read(context, request)
        log = await _read(context, request)
    return log


def new_lines(before: list[str], now: list[str]) -> list[str]:
    """Return the new lines: the last known line may have changed, and the first ones may no longer be included."""
    if now[: len(before)] == before:
        return now[len(before) :]
    if now[: len(before) - 1] == before[:-1]:
        return now[len(before) - 1 :]
    for start in range(1, len(before)):
        kept = len(before) - start
        if now[1 : 1 + kept] == before[start:]:  # only the end of the first line may be included
            return now[1 + kept :]
    return now


async def _wait_before_read(context: VerbContext, request: protocol.ReadLog) -> None:
    """Wait until the next read is due, or the job has ended."""
    try:
        async with asyncio.timeout(READ_INTERVAL_SECONDS):
            await context.until(lambda: _has_ended_or_gone(context, request))
    except TimeoutError:
        pass


def _has_ended_or_gone(context: VerbContext, request: protocol.ReadLog) -> bool:
    job = context.state.job(request.cluster, request.job)
    return job is None or job.state.finished
