"""`jupystra kill`: ends jobs."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import NamedTuple

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp
from jupystra_tui.model import KillPart
from jupystra_tui.text import clean
from jupystra_tui.verbs.clusters import add_cluster, log_in_for
from jupystra_tui.verbs.exits import FINE, NOTHING, NeedsAnswer
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.jobs import look
from jupystra_tui.verbs.output import print_json, say, tell
from jupystra_tui.verbs.questions import ask_yes
from jupystra_tui.verbs.terminal import Terminal


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    what = "as `jupystra list` shows it; also an array, or tasks of it"
    parser.add_argument("jobs", nargs="+", metavar="JOB_ID", help=what)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


class Result(NamedTuple):
    """What became of the jobs, by id: killed, left because they began to run meanwhile, ended before, unknown."""

    killed: list[str]
    left: list[str]
    over: list[str]
    unknown: list[str]


async def run(arguments: Namespace) -> int:
    """Kill jobs of one cluster; says what that ends, and asks first unless --yes says that it need not."""
    if not arguments.yes:
        _need_terminal()
    names = list(dict.fromkeys(arguments.jobs))
    async with attached(arguments) as front_end:
        cluster = (await log_in_for(front_end, arguments, names)).name
        outcome = await front_end.request(protocol.PlanKill(cluster, tuple(names)))
        over, unknown = await _sorted(front_end, cluster, outcome.missing)
        result = Result([], [], over, unknown)
        if outcome.parts and arguments.yes:
            if not (arguments.quiet or arguments.json):
                say(f"This ends {_described(outcome.parts)}.")
            result = await _kill(front_end, cluster, outcome.parts, result)
        elif outcome.parts:
            result = await _ask_and_kill(front_end, cluster, outcome.parts, result)
    if arguments.json:
        print_json({"cluster": cluster, **result._asdict()})
    else:
        _print(result)
    return NOTHING if result.unknown or result.left else FINE


async def _ask_and_kill(
    front_end: FrontEnd, cluster: str, parts: tuple[KillPart, ...], result: Result
) -> Result:
    """Kill what is agreed to, and ask again about what has begun to run meanwhile."""
    question = f"Kill {_described(parts)} on {cluster}?"
    while parts:
        if not await _agreed(question):
            if result.killed:
                return result._replace(left=[part.id for part in parts])
            raise GivenUp("Nothing is killed")
        outcome = await front_end.request(protocol.Cancel(cluster, parts))
        result = result._replace(killed=[*result.killed, *(part.id for part in outcome.parts)])
        parts = outcome.ask
        question = f"Meanwhile this began to run: {_described(parts)}. Kill it too?"
    return result


async def _kill(front_end: FrontEnd, cluster: str, parts: tuple[KillPart, ...], result: Result) -> Result:
    outcome = await front_end.request(protocol.Cancel(cluster, parts))
    killed, left = ([part.id for part in some] for some in (outcome.parts, outcome.ask))
    return result._replace(killed=killed, left=left)


async def _sorted(front_end: FrontEnd, cluster: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return which of the names are jobs that have ended, and which nobody knows."""
    outcome = await front_end.request(protocol.ListRecent())
    started = outcome.jobs if isinstance(outcome, protocol.Recent) else ()
    over: list[str] = []
    unknown: list[str] = []
    for name in names:
        if not (_known(front_end, cluster, name) or (name, cluster) in started):
            await look(front_end, cluster)
        known = _known(front_end, cluster, name) or (name, cluster) in started
        (over if known else unknown).append(name)
    return over, unknown


def _known(front_end: FrontEnd, cluster: str, name: str) -> bool:
    """Return whether the queue has the job, or tasks of an array of that id."""
    snapshot = front_end.state.snapshots.get(cluster)
    jobs = snapshot.jobs if snapshot else ()
    return any(name in (job.id, job.key, job.array) for job in jobs)


def _print(result: Result) -> None:
    for said, names in (("Killed", result.killed), ("Had ended before", result.over)):
        if names:
            tell(f"{said}: {', '.join(names)}.")
    if result.left:
        say(f"Left alone, because it began to run meanwhile: {', '.join(result.left)}.")
    if result.unknown:
        say(f"The scheduler knows no job {' or '.join(map(clean, result.unknown))}.")


def _need_terminal() -> None:
    terminal = Terminal.find()
    if terminal is None:
        raise NeedsAnswer("There is no terminal to ask on whether that job may be killed", "Write --yes.")
    terminal.close()


async def _agreed(question: str) -> bool:
    terminal = Terminal.find()
    assert terminal
    try:
        return await ask_yes(terminal, question, default=False)
    finally:
        terminal.close()


def _described(parts: Iterable[KillPart]) -> str:
    return ", ".join(f"{part.id} ({part.name}, {part.state.value})" for part in parts)
