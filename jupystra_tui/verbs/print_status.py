"""`jupystra status`: show the open sessions and tunnels."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence

import msgspec

from jupystra_tui.model import Session, SessionPhase, Tunnel
from jupystra_tui.model.address import plain_url
from jupystra_tui.verbs.context import attached
from jupystra_tui.verbs.exits import NOT_FOUND, OK, NotFound
from jupystra_tui.verbs.output import print_json, print_result


def add(parser: ArgumentParser) -> None:
    """Add the flags of this verb."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Print the worker's sessions and tunnels; never starts a worker and never logs in."""
    try:
        async with attached(arguments, start=False) as context:
            sessions, tunnels = list(context.state.sessions.values()), context.state.tunnels
    except NotFound as error:
        if arguments.json:
            print_json({"sessions": [], "tunnels": []})
        else:
            print_result(error.title)
        return NOT_FOUND
    shown = [one for one in sessions if one.phase is not SessionPhase.DOWN or one.login_node]
    if arguments.json:
        print_json({"sessions": list(map(_fields, shown)), "tunnels": msgspec.to_builtins(tunnels)})
    else:
        _print(shown, tunnels)
    return OK


def _print(sessions: Sequence[Session], tunnels: Iterable[Tunnel]) -> None:
    if not sessions:
        print_result("You are not logged in to any cluster")
    for session in sessions:
        why = f": {session.problem.title}" if session.problem else ""
        print_result(f"{session.cluster.name}: {session.phase.value} as {session.user}{why}")
    for tunnel in tunnels:
        where = plain_url(tunnel.local_port) if tunnel.local_port else "-"
        print_result(f"{where}  {tunnel.state.value}  job {tunnel.job} on {tunnel.node}")


def _fields(session: Session) -> dict[str, str | None]:
    return {
        "cluster": session.cluster.name,
        "state": session.phase.value,
        "user": session.user,
        "scheduler": f"{session.scheduler} {session.version}".strip(),
        "problem": session.problem.title if session.problem else None,
    }
