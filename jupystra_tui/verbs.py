"""`jupystra`: what the worker does, for scripts and shells."""

import asyncio
import json
import sys
from argparse import ArgumentParser

import msgspec

from jupystra_tui import __version__, paths, protocol
from jupystra_tui.client import Client, NotRunning
from jupystra_tui.model import Session, Tunnel


def main(words: list[str]) -> int:
    """Run one verb; returns the exit status: 0, or 1 when there is nothing to tell of. Raises JupystraError."""
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.verb == "status":
        return _status(as_json=arguments.json)
    if arguments.verb == "worker" and arguments.action == "stop":
        return 0 if stop_worker() else 1
    if arguments.verb == "worker":
        return _print_log()
    parser.print_help()
    return 2


def stop_worker() -> bool:
    """End the worker, of whichever version, and wait for it; returns whether there was one."""
    client = Client(lambda event: None, lambda: None)
    return asyncio.run(client.stop_running())


def _status(*, as_json: bool) -> int:
    try:
        sessions, tunnels = asyncio.run(_ask())
    except NotRunning as error:
        print('{"sessions": [], "tunnels": []}' if as_json else error.title)
        return 1
    if as_json:
        told = {"sessions": list(map(_session_fields, sessions)), "tunnels": msgspec.to_builtins(tunnels)}
        print(json.dumps(told, indent=2))
        return 0
    for session in sessions:
        print(f"{session.cluster.name}: {session.phase.value} as {session.user}")
    for tunnel in tunnels:
        print(
            f"http://127.0.0.1:{tunnel.local_port}  {tunnel.state.value}  job {tunnel.job} on {tunnel.node}"
        )
    return 0


async def _ask() -> tuple[tuple[Session, ...], tuple[Tunnel, ...]]:
    sessions: dict[str, Session] = {}
    tunnels: tuple[Tunnel, ...] = ()

    def take(event: protocol.Event) -> None:
        nonlocal tunnels
        if isinstance(event, protocol.SessionChanged):
            sessions[event.session.cluster.name] = event.session
        elif isinstance(event, protocol.TunnelsChanged):
            tunnels = event.tunnels

    client = Client(take, lambda: None)
    await client.open(start=False)
    await client.ask(protocol.Attention(False))  # its answer comes after all that is told at the start
    await client.aclose()
    return tuple(sessions.values()), tunnels


def _session_fields(session: Session) -> dict[str, str]:
    return {
        "cluster": session.cluster.name,
        "state": session.phase.value,
        "user": session.user,
        "scheduler": f"{session.scheduler} {session.version}".strip(),
    }


def _print_log() -> int:
    logs = [folder / "worker.log" for folder in paths.runtime_folders() if (folder / "worker.log").is_file()]
    if not logs:
        print("No worker has run yet.", file=sys.stderr)
        return 1
    print(logs[0].read_text(errors="replace"), end="")
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="jupystra", description="The worker behind jupystra-tui, for scripts and shells."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    status = verbs.add_parser("status", help="sessions and tunnels that are open now")
    status.add_argument("--json", action="store_true", help="print JSON")
    worker = verbs.add_parser("worker", help="the process that keeps connections and tunnels")
    worker.add_argument("action", choices=["stop", "log"], help="end it (jobs go on), or print its log")
    return parser
