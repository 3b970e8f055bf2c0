"""`jupystra log`: the end of a job's log, followed with -f until the job ends."""

import asyncio
import itertools
from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState
from jupystra_tui.verbs.clusters import add_cluster, log_in_for
from jupystra_tui.verbs.exits import FINE, NotThere
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.jobs import look
from jupystra_tui.verbs.output import print_json, print_json_line, tell

EVERY_SECONDS = 2.0
LOOK_EVERY = 5


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("job", metavar="JOB_ID", help="as `jupystra list` shows it")
    parser.add_argument("-f", "--follow", action="store_true", help="until the job ends, or ^C")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object, with its path and text; with -f one a line for each piece",
    )
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Print the log, and with -f what comes after it too; raises NotThere where there is none."""
    async with attached(arguments) as front_end:
        cluster = (await log_in_for(front_end, arguments, [arguments.job])).name
        if arguments.follow:
            await look(front_end, cluster)
        job = front_end.state.job(cluster, arguments.job)
        request = protocol.ReadLog(cluster, job.key if job else arguments.job)
        log = await _read(front_end, request)
        if arguments.follow:
            log = await _follow(front_end, request, log, as_json=arguments.json)
        elif log.text:
            _tell(request, log, as_json=arguments.json)
    if not log.text:
        raise _nothing(job, arguments.job, log)
    return FINE


def _tell(request: protocol.ReadLog, log: protocol.LogRead, *, as_json: bool) -> None:
    if as_json:
        print_json({"job_id": request.job, "cluster": request.cluster, "path": log.path, "text": log.text})
    else:
        tell(log.text)


def _tell_piece(request: protocol.ReadLog, path: str, lines: list[str], *, as_json: bool) -> None:
    text = "\n".join(lines)
    if as_json:
        print_json_line({"job_id": request.job, "cluster": request.cluster, "path": path, "text": text})
    else:
        tell(text)


def _nothing(job: Job | None, name: str, log: protocol.LogRead) -> NotThere:
    if job and job.state is JobState.PENDING:
        return NotThere(f"Job {name} waits, and has no log yet", "With -f it is shown once there is one.")
    if log.path:
        return NotThere(f"Job {name} has written nothing to its log", f"It is {log.path} on the cluster.")
    return NotThere(f"Job {name} has no log here", "Only jobs that were started from here have one.")


async def _read(front_end: FrontEnd, request: protocol.ReadLog) -> protocol.LogRead:
    return await front_end.request(request)


async def _follow(
    front_end: FrontEnd, request: protocol.ReadLog, log: protocol.LogRead, *, as_json: bool
) -> protocol.LogRead:
    """Print the log as it grows, and return it as it was at the job's end."""
    await front_end.request(protocol.Attention(True))
    shown: list[str] = []
    before = ""
    for number in itertools.count(1):
        over = _over(front_end, request)
        lines = log.text.split("\n") if log.text else []
        if log.text != before and not over:
            lines = lines[:-1]  # perhaps only half of it is written
        fresh = unseen(shown, lines)
        if fresh:
            _tell_piece(request, log.path, fresh, as_json=as_json)
        shown, before = lines, log.text
        if over:
            break
        if number % LOOK_EVERY == 0:
            await front_end.request(protocol.Refresh(request.cluster))
        await _pause(front_end, request)
        log = await _read(front_end, request)
    return log


def unseen(before: list[str], now: list[str]) -> list[str]:
    """Return the lines that came since: the last line may have changed, and the first ones may be out of sight."""
    if now[: len(before)] == before:
        return now[len(before) :]
    if now[: len(before) - 1] == before[:-1]:
        return now[len(before) - 1 :]
    for start in range(1, len(before)):
        kept = len(before) - start
        if now[1 : 1 + kept] == before[start:]:  # of the first line only the end may be left
            return now[1 + kept :]
    return now


async def _pause(front_end: FrontEnd, request: protocol.ReadLog) -> None:
    """Wait until it is time to look again, or the job has ended."""
    try:
        async with asyncio.timeout(EVERY_SECONDS):
            await front_end.until(lambda: _over(front_end, request))
    except TimeoutError:
        pass


def _over(front_end: FrontEnd, request: protocol.ReadLog) -> bool:
    job = front_end.state.job(request.cluster, request.job)
    return job is None or job.state.finished
