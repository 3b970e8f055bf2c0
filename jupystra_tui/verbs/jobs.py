"""`jupystra list`: the jobs of a cluster, or of all that are logged in."""

import asyncio
from argparse import ArgumentParser, Namespace
from typing import Any

from jupystra_tui import protocol
from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Job, JupyterServer, Snapshot, Tunnel
from jupystra_tui.model.units import show_clock
from jupystra_tui.text import clean
from jupystra_tui.verbs.clusters import add_cluster, live, log_in, log_in_for
from jupystra_tui.verbs.exits import FINE
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.output import print_json, print_table, say, tell
from jupystra_tui.verbs.servers import url_of

FRESH_SECONDS = 30.0
_HEADINGS = ("ID", "NAME", "STATE", "REASON", "NODE", "QUEUE", "LEFT", "PORT")


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Print the jobs as the cluster tells them now."""
    async with attached(arguments) as front_end:
        snapshots = [await look(front_end, name) for name in await _clusters(front_end, arguments)]
        if arguments.json:
            jobs = [await _fields(front_end, shot, job) for shot in snapshots for job in shot.jobs]
            unread = [line for shot in snapshots for line in shot.unread]
            print_json({"jobs": jobs, "unread": unread})
            return FINE
        for shot in snapshots:
            _print(front_end, shot, named=len(snapshots) > 1)
    return FINE


async def look(front_end: FrontEnd, cluster: str) -> Snapshot:
    """Return the queue as it is now; the last one known, and why, where the cluster does not tell."""
    before = front_end.state.snapshots.get(cluster)
    await front_end.request(protocol.Refresh(cluster))
    try:
        async with asyncio.timeout(FRESH_SECONDS):
            return await front_end.until(lambda: _newer(front_end, cluster, before))
    except (TimeoutError, ConnectError) as error:
        session = front_end.state.sessions.get(cluster)
        why = session.problem if session else None
        if before is None:
            title, hint = (
                (why.title, why.hint) if why else ("The queue could not be read in time", "Try again.")
            )
            raise ConnectError(title, hint) from error
        say(
            f"{cluster}: this is the queue as it was last seen. {why.title if why else 'It cannot be read now'}."
        )
        return before


def _newer(front_end: FrontEnd, cluster: str, before: Snapshot | None) -> Snapshot | None:
    session, snapshot = front_end.state.sessions.get(cluster), front_end.state.snapshots.get(cluster)
    if snapshot is not None and snapshot is not before:
        return snapshot
    if session is None or (session.problem and not session.asked):
        title = session.problem.title if session and session.problem else f"Not logged in to {cluster}"
        raise ConnectError(title, "Log in again.")
    return None


async def _clusters(front_end: FrontEnd, arguments: Namespace) -> list[str]:
    """Return the clusters to list, logged in: the one named, else all that are, else the latest."""
    up = live(front_end)
    if arguments.cluster or not up:
        return [(await log_in_for(front_end, arguments)).name]
    for session in up:
        await log_in(front_end, session.cluster, arguments)
    return [session.cluster.name for session in up]


def _print(front_end: FrontEnd, shot: Snapshot, *, named: bool) -> None:
    if named:
        tell(f"{shot.cluster}:")
    if not shot.jobs:
        say(f"{shot.cluster}: there are no jobs.")
    print_table(_HEADINGS, [_row(front_end, shot, job) for job in shot.jobs])
    for line in shot.unread:
        say(f"not understood: {clean(line)}")


def _row(front_end: FrontEnd, shot: Snapshot, job: Job) -> tuple[str, ...]:
    tunnel, server = _tunnel(front_end, shot, job), _server(shot, job)
    port = f"127.0.0.1:{tunnel.local_port}" if tunnel and tunnel.ready else str(server.port) if server else ""
    left = show_clock(job.left) if job.left is not None else ""
    return (job.id, job.name, job.state.value, job.reason.short, job.node, job.queue, left, port)


async def _fields(front_end: FrontEnd, shot: Snapshot, job: Job) -> dict[str, Any]:
    tunnel, server = _tunnel(front_end, shot, job), _server(shot, job)
    ready = tunnel is not None and tunnel.ready
    return {
        "cluster": shot.cluster,
        "job_id": job.key,
        "id": job.id,
        "name": job.name,
        "state": job.state.value,
        "state_word": job.word,
        "reason": job.reason.text,
        "reason_word": job.reason.code,
        "node": job.node or None,
        "queue": job.queue,
        "left_seconds": job.left,
        "used_seconds": job.used,
        "limit_seconds": job.limit,
        "cores": job.cores,
        "memory_mib": job.memory,
        "gpus": job.gpus,
        "account": job.account,
        "submitted": job.submitted,
        "starts": job.starts,
        "server": {"node": server.node, "port": server.port} if server else None,
        "local_port": tunnel.local_port if tunnel and ready else None,
        "url": (await url_of(front_end, tunnel.id)).reveal() if tunnel and ready else None,
    }


def _tunnel(front_end: FrontEnd, shot: Snapshot, job: Job) -> Tunnel | None:
    here = (shot.cluster, job.key)
    return next((one for one in front_end.state.tunnels if (one.cluster, one.job) == here), None)


def _server(shot: Snapshot, job: Job) -> JupyterServer | None:
    return next((one for one in shot.servers if one.job == job.key), None)
