"""`jupystra list`: list the jobs of one cluster, or of all logged-in clusters."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from typing import Any

from jupystra_tui import protocol
from jupystra_tui.errors import ConnectError
from jupystra_tui.model import AppServer, Job, Session, SessionPhase, Snapshot, Tunnel
from jupystra_tui.model.units import show_clock
from jupystra_tui.text import clean
from jupystra_tui.verbs.clusters import active_sessions, add_cluster, find_and_log_in, log_in
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import OK
from jupystra_tui.verbs.output import print_json, print_message, print_result, print_table
from jupystra_tui.verbs.server_output import url_of

POLL_TIMEOUT_SECONDS = 30.0
_HEADINGS = ("ID", "NAME", "STATE", "REASON", "NODE", "QUEUE", "LEFT", "PORT")


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Poll the queue and print the jobs."""
    async with attached(arguments) as context:
        snapshots = [await fresh_snapshot(context, name) for name in await _clusters(context, arguments)]
        if arguments.json:
            jobs = [await _fields(context, snapshot, job) for snapshot in snapshots for job in snapshot.jobs]
            unread = [line for snapshot in snapshots for line in snapshot.unread]
            queues = [_queue(context, snapshot) for snapshot in snapshots]
            print_json({"jobs": jobs, "queues": queues, "unread": unread})
            return OK
        for snapshot in snapshots:
            _print(context, snapshot, named=len(snapshots) > 1)
    return OK


async def fresh_snapshot(context: VerbContext, cluster: str) -> Snapshot:
    """Poll and return the queue; if that fails, return the last snapshot and print the reason."""
    before, earlier = context.state.snapshots.get(cluster), context.state.sessions.get(cluster)
    await context.request(protocol.Refresh(cluster))
    try:
        async with asyncio.timeout(POLL_TIMEOUT_SECONDS):
            return await context.until(lambda: _newer_snapshot(context, cluster, before, earlier))
    except (TimeoutError, ConnectError) as error:
        session = context.state.sessions.get(cluster)
        why = session.problem if session else None
        if before is None:
            title, hint = (
                (why.title, why.hint) if why else ("The queue could not be read in time", "Try again.")
            )
            raise ConnectError(title, hint) from error
        print_message(
            f"{cluster}: this list is out of date. {why.title if why else 'It cannot be read now'}."
        )
        return before


def _newer_snapshot(
    context: VerbContext, cluster: str, before: Snapshot | None, earlier: Session | None
) -> Snapshot | None:
    session, snapshot = context.state.sessions.get(cluster), context.state.snapshots.get(cluster)
    if snapshot is not None and snapshot is not before:
        return snapshot
    polled = session is not earlier or (session is not None and session.phase is not SessionPhase.UP)
    if session is None or (session.problem and not session.asked and polled):
        title = session.problem.title if session and session.problem else f"Not logged in to {cluster}"
        raise ConnectError(title, "Log in again.")
    return None


async def _clusters(context: VerbContext, arguments: Namespace) -> list[str]:
    """Log in and return the names: the named cluster, else all with a session, else the most recent one."""
    up = active_sessions(context)
    if arguments.cluster or not up:
        return [(await find_and_log_in(context, arguments)).name]
    for session in up:
        await log_in(context, session.cluster, arguments)
    return [session.cluster.name for session in up]


def _print(context: VerbContext, snapshot: Snapshot, *, named: bool) -> None:
    if named:
        print_result(f"{snapshot.cluster}:")
    if not snapshot.jobs:
        print_message(f"{snapshot.cluster}: no jobs.")
    print_table(_HEADINGS, [_row(context, snapshot, job) for job in snapshot.jobs])
    for line in snapshot.unread:
        print_message(f"cannot parse: {clean(line)}")


def _row(context: VerbContext, snapshot: Snapshot, job: Job) -> tuple[str, ...]:
    tunnel, server = _tunnel(context, snapshot, job), _server(snapshot, job)
    port = f"127.0.0.1:{tunnel.local_port}" if tunnel and tunnel.ready else str(server.port) if server else ""
    left = show_clock(job.left) if job.left is not None else ""
    return (job.id, job.name, job.state.value, job.reason.short, job.node, job.queue, left, port)


def _queue(context: VerbContext, snapshot: Snapshot) -> dict[str, Any]:
    """Return how old a cluster's list is, in seconds, and why it is not newer."""
    session = context.state.sessions.get(snapshot.cluster)
    problem = session.problem if session else None
    return {
        "cluster": snapshot.cluster,
        "age": round(max(0.0, time.time() - snapshot.taken), 1),
        "problem": problem.title if problem else None,
    }


async def _fields(context: VerbContext, snapshot: Snapshot, job: Job) -> dict[str, Any]:
    tunnel, server = _tunnel(context, snapshot, job), _server(snapshot, job)
    ready = tunnel is not None and tunnel.ready
    return {
        "cluster": snapshot.cluster,
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
        "url": (await url_of(context, tunnel.id)).reveal() if tunnel and ready else None,
    }


def _tunnel(context: VerbContext, snapshot: Snapshot, job: Job) -> Tunnel | None:
    here = (snapshot.cluster, job.key)
    return next((one for one in context.state.tunnels if (one.cluster, one.job) == here), None)


def _server(snapshot: Snapshot, job: Job) -> AppServer | None:
    return next((one for one in snapshot.servers if one.job == job.key), None)
