"""`jupystra start`: submit a Jupyter server, and with --wait or --connect see it through until it answers."""

import asyncio
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from typing import Any

import msgspec

from jupystra_tui import paths, protocol
from jupystra_tui.errors import GivenUp, JupystraError, LaunchError, WorkerError
from jupystra_tui.frontend.client import error_of
from jupystra_tui.frontend.config import load
from jupystra_tui.frontend.flags import add_target, cluster_of
from jupystra_tui.frontend.launch_flags import add_launch, order_of, request_of
from jupystra_tui.model import Cluster, Job, JobState, KillPart, Launch, Order, Problem
from jupystra_tui.verbs.clusters import log_in, start_cluster
from jupystra_tui.verbs.exits import FINE, NotThere, Unwritable, status_of
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.output import complain, error_fields, print_json, say, tell
from jupystra_tui.verbs.pending import PendingQuestion
from jupystra_tui.verbs.servers import browse, fields_of, print_server, url_of

LAST_LOOK_SECONDS = 15.0
_PERHAPS = "`jupystra list` tells whether it is there."


def add(parser: ArgumentParser) -> None:
    """Add the flags of the dashboard, and what only a script wants."""
    add_target(parser)
    add_launch(parser)
    parser.add_argument("--wait", action="store_true", help="until the server answers through its tunnel")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")


async def run(arguments: Namespace) -> int:
    """Submit, and wait if that is wanted; --connect waits too, and opens the browser where there is one."""
    named = cluster_of(load(paths.config_file()), arguments)
    request_of(
        named or Cluster("", ""), arguments
    )  # what is wrong with a flag is said before anything starts
    async with attached(arguments) as front_end:
        cluster = start_cluster(front_end, arguments)
        order = order_of(cluster, arguments) or Order()
        await log_in(front_end, cluster, arguments)
        request = order.request(cluster.defaults)
        outcome = await front_end.request(protocol.Start(cluster.name, request, order.script))
        front_end.progress.follows.add(outcome.launch)
        error, url = await _seen_through(front_end, outcome.launch, order.looks, arguments)
        launch = front_end.state.launches[outcome.launch]
        try:
            return await _tell(_fields(front_end, launch, error, url), launch, error, arguments)
        except Unwritable as unwritable:
            raise _left_alone(launch, unwritable) from unwritable


async def _seen_through(
    front_end: FrontEnd, name: str, looks: int, arguments: Namespace
) -> tuple[JupystraError | None, str]:
    """Follow a launch as far as is wanted; returns what is wrong, and the address of a server that answers.

    That ^C, or the worker's end, came between is wrong too.
    """
    try:
        wrong = await _follow(front_end, name, looks, through=arguments.wait or arguments.connect)
        if not wrong:
            return None, await _address(front_end, front_end.state.launches[name])
    except asyncio.CancelledError:
        return _interrupted(front_end.state.launches[name]), ""
    except JupystraError as error:
        return _left_alone(front_end.state.launches[name], error), ""
    if arguments.json and isinstance(wrong, LaunchError | GivenUp):
        await _last_look(front_end, front_end.state.launches[name])
    return wrong, ""


async def _address(front_end: FrontEnd, launch: Launch) -> str:
    tunnel = front_end.state.tunnel(launch.tunnel)
    return (await url_of(front_end, tunnel.id)).reveal() if tunnel and tunnel.ready else ""


async def _last_look(front_end: FrontEnd, launch: Launch) -> None:
    """Wait a little for the queue to tell how a job that serves nobody has ended."""
    with suppress(TimeoutError, JupystraError, asyncio.CancelledError):
        async with asyncio.timeout(LAST_LOOK_SECONDS):
            await front_end.until(lambda: _has_ended(front_end.state.job(launch.cluster, launch.job)))


def _has_ended(job: Job | None) -> bool:
    return job is not None and (job.state.finished or job.state is JobState.UNKNOWN)


async def _follow(front_end: FrontEnd, name: str, looks: int, *, through: bool) -> JupystraError | None:
    """Follow a launch until its job is submitted, or `through` to its end; returns what is wrong with it, or None."""
    question = PendingQuestion(front_end, name, looks)
    if through:
        await front_end.request(protocol.Attention(True))
    while not _is_told(front_end.state.launches[name], through):
        await front_end.until(lambda: _is_told(front_end.state.launches[name], through) or question.due)
        if not _is_told(front_end.state.launches[name], through):
            error = await _decided(front_end, front_end.state.launches[name], await question.ask())
            if error:
                return error
    problem = front_end.state.launches[name].problem
    return error_of(problem) if problem else None


def _is_told(launch: Launch, through: bool) -> bool:
    return launch.over or (bool(launch.job) and not through)


async def _decided(front_end: FrontEnd, launch: Launch, choice: str) -> JupystraError | None:
    """Do what the person wants with a job that still waits; returns how that ends, None to wait on."""
    if choice == "leave":
        await front_end.request(protocol.LeaveLaunch(launch.id))
        return NotThere(f"Job {launch.job} still waits in the queue", _later(launch))
    if choice == "kill":
        waiting = (KillPart(launch.job, JobState.PENDING),)
        outcome = await front_end.request(protocol.Cancel(launch.cluster, waiting))
        if isinstance(outcome, protocol.Killed) and outcome.ask:
            return None  # it has begun to run meanwhile, and that is told
        return GivenUp(f"Job {launch.job} was killed before it ran")
    return None


def _later(launch: Launch) -> str:
    return f"`jupystra connect {launch.job}` opens it once it runs, `jupystra kill {launch.job}` ends it."


def _interrupted(launch: Launch) -> GivenUp:
    if launch.job:
        return GivenUp(f"Interrupted; job {launch.job} goes on", _later(launch))
    return GivenUp("Interrupted while the job was submitted", _PERHAPS)


def _left_alone(launch: Launch, error: JupystraError) -> JupystraError:
    """Return an error that came between with what becomes of the job: to start again would make a second one."""
    goes_on = f"Job {launch.job} goes on: {_later(launch)}" if launch.job else _PERHAPS
    hint = goes_on if isinstance(error, WorkerError) else f"{error.hint} {goes_on}".strip()
    return type(error)(error.title, hint, error.detail)


async def _tell(
    fields: dict[str, Any], launch: Launch, error: JupystraError | None, arguments: Namespace
) -> int:
    if error:
        if arguments.json:
            print_json({**fields, "error": error_fields(error)})
        else:
            complain(error)
        return status_of(error)
    if launch.ready or arguments.json:
        print_server(fields, as_json=arguments.json)
    else:
        tell(f"Job {launch.job} is submitted.")
        say(_later(launch))
    if arguments.connect:
        await browse(fields["url"])
    return FINE


def _fields(front_end: FrontEnd, launch: Launch, error: JupystraError | None, url: str) -> dict[str, Any]:
    job, tunnel = front_end.state.job(launch.cluster, launch.job), front_end.state.tunnel(launch.tunnel)
    fields = fields_of(tunnel, job)
    if launch.problem and job is None:
        fields["state"] = JobState.UNKNOWN.value
    problem = launch.problem or (_problem_of(error) if error else None)
    return {
        **fields,
        "job_id": launch.job or None,
        "url": url or None,
        "state": fields["state"] if launch.job else None,
        "cluster": launch.cluster,
        "name": launch.request.name,
        "log": launch.log or None,
        "problem": msgspec.to_builtins(problem) if problem else None,
    }


def _problem_of(error: JupystraError) -> Problem:
    return Problem(error.title, error.hint, error.detail, kind=type(error).__name__)
