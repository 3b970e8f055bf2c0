"""`jupystra disconnect`: closes tunnels; the jobs go on."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.verbs.exits import FINE, NotThere
from jupystra_tui.verbs.front_end import FrontEnd, attached
from jupystra_tui.verbs.output import print_json, tell


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("jobs", nargs="*", metavar="JOB_ID")
    parser.add_argument("--all", action="store_true", help="close all tunnels")
    parser.add_argument("--cluster", metavar="NAME", help="only those to this cluster")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Close the tunnels of the jobs; raises NotThere for one that has none."""
    if bool(arguments.jobs) == arguments.all:
        raise ConfigError("Which tunnel is to be closed?", "Name its job, or write --all.")
    async with attached(arguments, start=False) as front_end:
        closed = await _close(front_end, arguments)
    if arguments.json:
        print_json({"closed": closed})
    else:
        tell(f"Closed: {', '.join(closed)}. The jobs go on.")
    return FINE


async def _close(front_end: FrontEnd, arguments: Namespace) -> list[str]:
    here = [one for one in front_end.state.tunnels if arguments.cluster in (None, one.cluster)]
    wanted = [one for one in here if arguments.all or one.job in arguments.jobs]
    missing = sorted(set(arguments.jobs) - {one.job for one in wanted})
    if missing or not wanted:
        names = f" to {', '.join(missing)}" if missing else ""
        raise NotThere(f"There is no tunnel{names}", "`jupystra status` lists them.")
    for tunnel in wanted:
        await front_end.request(protocol.Disconnect(tunnel.id))
    return [tunnel.job for tunnel in wanted]
