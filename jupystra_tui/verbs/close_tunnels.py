"""`jupystra disconnect`: close tunnels; the jobs continue."""

from argparse import ArgumentParser, Namespace

from jupystra_tui import protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.verbs.context import VerbContext, attached
from jupystra_tui.verbs.exits import OK, NotFound
from jupystra_tui.verbs.output import print_json, print_result


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("jobs", nargs="*", metavar="JOB_ID")
    parser.add_argument("--all", action="store_true", help="close all tunnels")
    parser.add_argument("--cluster", metavar="NAME", help="only tunnels to this cluster")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Close the tunnels of the jobs; raises NotFound for a job without a tunnel."""
    if bool(arguments.jobs) == arguments.all:
        raise ConfigError("No tunnel is named", "Name a job, or use --all.")
    async with attached(arguments, start=False) as context:
        closed = await _close(context, arguments)
    if arguments.json:
        print_json({"closed": closed})
    else:
        print_result(f"Closed: {', '.join(closed)}. The jobs continue.")
    return OK


async def _close(context: VerbContext, arguments: Namespace) -> list[str]:
    here = [one for one in context.state.tunnels if arguments.cluster in (None, one.cluster)]
    wanted = [one for one in here if arguments.all or one.job in arguments.jobs]
    missing = sorted(set(arguments.jobs) - {one.job for one in wanted})
    if missing or not wanted:
        names = f" to {', '.join(missing)}" if missing else ""
        raise NotFound(f"There is no tunnel{names}", "`jupystra status` lists them.")
    for tunnel in wanted:
        await context.request(protocol.Disconnect(tunnel.id))
    return [tunnel.job for tunnel in wanted]
