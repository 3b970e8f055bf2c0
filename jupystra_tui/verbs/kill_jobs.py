"""`jupystra kill`: kill jobs."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import NamedTuple

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp
from jupystra_tui.model import KillPart
from jupystra_tui.text import clean
from jupystra_tui.verbs.clusters import add_cluster, find_and_log_in
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import NOT_FOUND, OK, NoTerminal
from jupystra_tui.verbs.list_jobs import fresh_snapshot
from jupystra_tui.verbs.output import print_json, print_message, print_result
from jupystra_tui.verbs.terminal import Terminal
from jupystra_tui.verbs.terminal_prompts import ask_yes


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    what = "job id as `jupystra list` shows it, an array, or tasks of an array"
    parser.add_argument("jobs", nargs="+", metavar="JOB_ID", help=what)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="suppress progress messages")
    add_cluster(parser)


class KillResult(NamedTuple):
    """Job ids by outcome: killed; not killed because they started in the meantime; already ended; unknown."""

    killed: list[str]
    left: list[str]
    over: list[str]
    unknown: list[str]


async def run(arguments: Namespace) -> int:
    """Kill jobs of one cluster; shows what will be killed, and asks first unless --yes is given."""
    if not arguments.yes:
        _require_terminal()
    names = list(dict.fromkeys(arguments.jobs))
    async with attached(arguments) as context:
        cluster = (await find_and_log_in(context, arguments, names)).name
        outcome = await context.request(protocol.PlanKill(cluster, tuple(names)))
        over, unknown = await _sort_missing(context, cluster, outcome.missing)
        result = KillResult([], [], over, unknown)
        if outcome.parts and arguments.yes:
            if not (arguments.quiet or arguments.json):
                print_message(f"Killing {_describe(outcome.parts)}.")
            result = await _kill(context, cluster, outcome.parts, result)
        elif outcome.parts:
            result = await _ask_and_kill(context, cluster, outcome.parts, result)
    if arguments.json:
        print_json({"cluster": cluster, **result._asdict()})
    else:
        _print(result)
    return NOT_FOUND if result.unknown or result.left else OK


async def _ask_and_kill(
    context: VerbContext, cluster: str, parts: tuple[KillPart, ...], result: KillResult
) -> KillResult:
    """Kill the jobs if the user confirms, and ask again about jobs that started in the meantime."""
    question = f"Kill {_describe(parts)} on {cluster}?"
    while parts:
        if not await _confirm(question):
            if result.killed:
                return result._replace(left=[part.id for part in parts])
            raise GivenUp("Nothing was killed")
        outcome = await context.request(protocol.Cancel(cluster, parts))
        result = result._replace(killed=[*result.killed, *(part.id for part in outcome.parts)])
        parts = outcome.ask
        question = f"Started in the meantime: {_describe(parts)}. Kill this too?"
    return result


async def _kill(
    context: VerbContext, cluster: str, parts: tuple[KillPart, ...], result: KillResult
) -> KillResult:
    outcome = await context.request(protocol.Cancel(cluster, parts))
    killed, left = ([part.id for part in some] for some in (outcome.parts, outcome.ask))
    return result._replace(killed=killed, left=left)


async def _sort_missing(
    context: VerbContext, cluster: str, names: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the names of jobs that have ended, and the unknown names."""
    outcome = await context.request(protocol.ListRecent())
    started = outcome.jobs if isinstance(outcome, protocol.Recent) else ()
    over: list[str] = []
    unknown: list[str] = []
    for name in names:
        if not (_known(context, cluster, name) or (name, cluster) in started):
            await fresh_snapshot(context, cluster)
        known = _known(context, cluster, name) or (name, cluster) in started
        (over if known else unknown).append(name)
    return over, unknown


def _known(context: VerbContext, cluster: str, name: str) -> bool:
    """Return whether the queue has the job, or tasks of an array with that id."""
    snapshot = context.state.snapshots.get(cluster)
    jobs = snapshot.jobs if snapshot else ()
    return any(name in (job.id, job.key, job.array) for job in jobs)


def _print(result: KillResult) -> None:
    for said, names in (("Killed", result.killed), ("Already ended", result.over)):
        if names:
            print_result(f"{said}: {', '.join(names)}.")
    if result.left:
        print_message(f"Not killed, because it started in the meantime: {', '.join(result.left)}.")
    if result.unknown:
        print_message(f"The scheduler does not know job {' or '.join(map(clean, result.unknown))}.")


def _require_terminal() -> None:
    terminal = Terminal.find()
    if terminal is None:
        raise NoTerminal(
            "There is no terminal to confirm the kill on", "Use --yes to kill without a question."
        )
    terminal.close()


async def _confirm(question: str) -> bool:
    terminal = Terminal.find()
    assert terminal
    try:
        return await ask_yes(terminal, question, default=False)
    finally:
        terminal.close()


def _describe(parts: Iterable[KillPart]) -> str:
    return ", ".join(f"{part.id} ({part.name}, {part.state.value})" for part in parts)
