"""`jupystra start`: submit a Jupyter server; with --wait or --connect wait until it is ready."""

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
from jupystra_tui.verbs.clusters import cluster_to_start_on, log_in
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import OK, NotFound, OutputError, status_of
from jupystra_tui.verbs.output import error_fields, print_error, print_json, print_message, print_result
from jupystra_tui.verbs.pending import PendingQuestion
from jupystra_tui.verbs.request_check import checked_request
from jupystra_tui.verbs.server_output import fields_of, open_in_browser, print_server, url_of

FINAL_STATE_SECONDS = 15.0
_CHECK_THE_LIST = "Run `jupystra list` to see whether it was submitted."


def add(parser: ArgumentParser) -> None:
    """Add the flags of the dashboard, and those for scripts."""
    add_target(parser)
    add_launch(parser)
    parser.add_argument("--wait", action="store_true", help="wait until the server is ready")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")


async def run(arguments: Namespace) -> int:
    """Submit the job; --wait waits for the server, --connect also opens the browser."""
    named = cluster_of(load(paths.config_file()), arguments)
    request_of(named or Cluster("", ""), arguments)  # invalid flags are reported before anything starts
    async with attached(arguments) as context:
        cluster = cluster_to_start_on(context, arguments)
        order = order_of(cluster, arguments) or Order()
        await log_in(context, cluster, arguments)
        request = order.request(cluster.defaults)
        tag = await checked_request(context, cluster.name, request)
        outcome = await context.request(protocol.Start(cluster.name, request, order.script, tag))
        context.progress.follows.add(outcome.launch)
        error, url = await _wait_for_server(context, outcome.launch, order.poll_limit, arguments)
        launch = context.state.launches[outcome.launch]
        try:
            return await _print(_fields(context, launch, error, url), launch, error, arguments)
        except OutputError as unwritable:
            raise _with_job_hint(launch, unwritable) from unwritable


async def _wait_for_server(
    context: VerbContext, name: str, poll_limit: int, arguments: Namespace
) -> tuple[JupystraError | None, str]:
    """Follow a launch until its job is submitted or, with --wait, its server is ready.

    Returns the error (^C and the end of the worker included), and the URL of the server if it is ready.
    """
    try:
        wrong = await _follow(context, name, poll_limit, through=arguments.wait or arguments.connect)
        if not wrong:
            return None, await _address(context, context.state.launches[name])
    except asyncio.CancelledError:
        return _interrupted(context.state.launches[name]), ""
    except JupystraError as error:
        return _with_job_hint(context.state.launches[name], error), ""
    if arguments.json and isinstance(wrong, LaunchError | GivenUp):
        await _wait_for_final_state(context, context.state.launches[name])
    return wrong, ""


async def _address(context: VerbContext, launch: Launch) -> str:
    tunnel = context.state.tunnel(launch.tunnel)
    return (await url_of(context, tunnel.id)).reveal() if tunnel and tunnel.ready else ""


async def _wait_for_final_state(context: VerbContext, launch: Launch) -> None:
    """Wait for a poll that reports how the job of a failed launch ended."""
    with suppress(TimeoutError, JupystraError, asyncio.CancelledError):
        async with asyncio.timeout(FINAL_STATE_SECONDS):
            await context.until(lambda: _has_ended(context.state.job(launch.cluster, launch.job)))


def _has_ended(job: Job | None) -> bool:
    return job is not None and (job.state.finished or job.state is JobState.UNKNOWN)


async def _follow(context: VerbContext, name: str, poll_limit: int, *, through: bool) -> JupystraError | None:
    """Follow a launch until its job is submitted, or with `through` until it ends; returns its error or None."""
    question = PendingQuestion(context, name, poll_limit)
    if through:
        await context.request(protocol.Attention(True))
    while not _is_settled(context.state.launches[name], through):
        await context.until(lambda: _is_settled(context.state.launches[name], through) or question.due)
        if not _is_settled(context.state.launches[name], through):
            error = await _apply_choice(context, context.state.launches[name], await question.ask())
            if error:
                return error
    problem = context.state.launches[name].problem
    return error_of(problem) if problem else None


def _is_settled(launch: Launch, through: bool) -> bool:
    return launch.over or (bool(launch.job) and not through)


async def _apply_choice(context: VerbContext, launch: Launch, choice: str) -> JupystraError | None:
    """Leave or kill a pending job as the user chose; returns the error to exit with, None to keep waiting."""
    if choice == "leave":
        await context.request(protocol.LeaveLaunch(launch.id))
        return NotFound(f"Job {launch.job} is still pending", _next_steps(launch))
    if choice == "kill":
        waiting = (KillPart(launch.job, JobState.PENDING),)
        outcome = await context.request(protocol.Cancel(launch.cluster, waiting))
        if isinstance(outcome, protocol.Killed) and outcome.ask:
            return None  # the job started meanwhile; the launch continues
        return GivenUp(f"Job {launch.job} was killed while pending")
    return None


def _next_steps(launch: Launch) -> str:
    return f"Run `jupystra connect {launch.job}` to connect once it runs, or `jupystra kill {launch.job}` to kill it."


def _interrupted(launch: Launch) -> GivenUp:
    if launch.job:
        return GivenUp(f"Interrupted; job {launch.job} continues", _next_steps(launch))
    return GivenUp("Interrupted while the job was submitted", _CHECK_THE_LIST)


def _with_job_hint(launch: Launch, error: JupystraError) -> JupystraError:
    """Return the error with a hint about the job, because starting again would submit a second one."""
    continues = f"Job {launch.job} continues. {_next_steps(launch)}" if launch.job else _CHECK_THE_LIST
    hint = continues if isinstance(error, WorkerError) else f"{error.hint} {continues}".strip()
    return type(error)(error.title, hint, error.detail)


async def _print(
    fields: dict[str, Any], launch: Launch, error: JupystraError | None, arguments: Namespace
) -> int:
    if error:
        if arguments.json:
            print_json({**fields, "error": error_fields(error)})
        else:
            print_error(error)
        return status_of(error)
    if launch.ready or arguments.json:
        print_server(fields, as_json=arguments.json)
    else:
        print_result(f"Job {launch.job} is submitted.")
        print_message(_next_steps(launch))
    if arguments.connect:
        await open_in_browser(fields["url"])
    return OK


def _fields(context: VerbContext, launch: Launch, error: JupystraError | None, url: str) -> dict[str, Any]:
    job, tunnel = context.state.job(launch.cluster, launch.job), context.state.tunnel(launch.tunnel)
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
