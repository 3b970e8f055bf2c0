"""`jupystra kill`: ends jobs."""

from argparse import ArgumentParser, Namespace
from typing import NamedTuple

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp
from jupystra_tui.verbs.clusters import add_cluster, log_in_for
from jupystra_tui.verbs.exits import FINE, NOTHING, NeedsAnswer
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.jobs import look
from jupystra_tui.verbs.output import print_json, say, tell
from jupystra_tui.verbs.questions import ask_yes
from jupystra_tui.verbs.terminal import Terminal


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("jobs", nargs="+", metavar="JOB_ID", help="as `jupystra list` shows it")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="do not tell on standard error how it goes")
    add_cluster(parser)


async def run(arguments: Namespace) -> int:
    """Kill jobs of one cluster; asks first, unless --yes says that it need not."""
    if not arguments.yes:
        _need_terminal()
    async with attached(arguments) as front_end:
        cluster = (await log_in_for(front_end, arguments, arguments.jobs)).name
        found = await _sorted(front_end, cluster, arguments.jobs)
        if found.alive and not arguments.yes:
            await _ask(front_end, cluster, found.alive)
        if found.alive:
            await front_end.request(protocol.Cancel(cluster, tuple(found.alive)))
    if arguments.json:
        print_json({"cluster": cluster, "killed": found.alive, "over": found.over, "unknown": found.unknown})
    else:
        _print(found)
    return NOTHING if found.unknown else FINE


class Found(NamedTuple):
    """What the jobs are: keys of those that can be killed, those that had ended, those that nobody knows."""

    alive: list[str]
    over: list[str]
    unknown: list[str]


async def _sorted(front_end: FrontEnd, cluster: str, names: list[str]) -> Found:
    """Look jobs up, in a new look at the queue where the last one does not know them."""
    outcome = await front_end.request(protocol.ListRecent())
    started = outcome.jobs if isinstance(outcome, protocol.Recent) else ()
    found = Found([], [], [])
    for name in names:
        if not (_known(front_end, cluster, name) or (name, cluster) in started):
            await look(front_end, cluster)
        job = front_end.state.job(cluster, name)
        if job and job.state.finished:
            found.over.append(job.key)
        elif _known(front_end, cluster, name) or (name, cluster) in started:
            found.alive.append(job.key if job else name)
        else:
            found.unknown.append(name)
    return Found(*(list(dict.fromkeys(keys)) for keys in found))


def _known(front_end: FrontEnd, cluster: str, name: str) -> bool:
    """Return whether the queue has the job, or tasks of an array of that id."""
    snapshot = front_end.state.snapshots.get(cluster)
    jobs = snapshot.jobs if snapshot else ()
    return any(name in (job.id, job.key) or job.id.startswith((f"{name}_", f"{name}[")) for job in jobs)


def _print(found: Found) -> None:
    for said, names in zip(("Killed", "Had ended before"), found, strict=False):
        if names:
            tell(f"{said}: {', '.join(names)}.")
    if found.unknown:
        say(f"The scheduler knows no job {' or '.join(found.unknown)}.")


def _need_terminal() -> None:
    terminal = Terminal.find()
    if terminal is None:
        raise NeedsAnswer("There is no terminal to ask on whether that job may be killed", "Write --yes.")
    terminal.close()


async def _ask(front_end: FrontEnd, cluster: str, names: list[str]) -> None:
    terminal = Terminal.find()
    assert terminal
    try:
        jobs = ", ".join(_described(front_end, cluster, name) for name in names)
        if not await ask_yes(terminal, f"Kill {jobs} on {cluster}?", default=False):
            raise GivenUp("Nothing is killed")
    finally:
        terminal.close()


def _described(front_end: FrontEnd, cluster: str, name: str) -> str:
    job = front_end.state.job(cluster, name)
    return f"{job.id} ({job.name}, {job.state.value})" if job else name
