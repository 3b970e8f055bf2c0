"""`jupystra status`: the sessions and tunnels that are open now."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence

import msgspec

from jupystra_tui.model import Session, SessionPhase, Tunnel
from jupystra_tui.model.address import plain_url
from jupystra_tui.verbs.exits import FINE, NOTHING, NotThere
from jupystra_tui.verbs.front_end import attached
from jupystra_tui.verbs.output import print_json, tell


def add(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Tell what the worker holds; starts none, and logs in nowhere."""
    try:
        async with attached(arguments, start=False) as front_end:
            sessions, tunnels = list(front_end.state.sessions.values()), front_end.state.tunnels
    except NotThere as error:
        if arguments.json:
            print_json({"sessions": [], "tunnels": []})
        else:
            tell(error.title)
        return NOTHING
    shown = [one for one in sessions if one.phase is not SessionPhase.DOWN or one.login_node]
    if arguments.json:
        print_json({"sessions": list(map(_fields, shown)), "tunnels": msgspec.to_builtins(tunnels)})
    else:
        _print(shown, tunnels)
    return FINE


def _print(sessions: Sequence[Session], tunnels: Iterable[Tunnel]) -> None:
    if not sessions:
        tell("You are not logged in to any cluster")
    for session in sessions:
        why = f": {session.problem.title}" if session.problem else ""
        tell(f"{session.cluster.name}: {session.phase.value} as {session.user}{why}")
    for tunnel in tunnels:
        where = plain_url(tunnel.local_port) if tunnel.local_port else "-"
        tell(f"{where}  {tunnel.state.value}  job {tunnel.job} on {tunnel.node}")


def _fields(session: Session) -> dict[str, str | None]:
    return {
        "cluster": session.cluster.name,
        "state": session.phase.value,
        "user": session.user,
        "scheduler": f"{session.scheduler} {session.version}".strip(),
        "problem": session.problem.title if session.problem else None,
    }
