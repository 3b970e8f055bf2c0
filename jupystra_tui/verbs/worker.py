"""`jupystra worker`: the process that keeps connections and tunnels."""

import asyncio
from argparse import ArgumentParser, Namespace

from jupystra_tui import paths
from jupystra_tui.frontend.client import Client
from jupystra_tui.verbs.exits import FINE, NOTHING, NotThere
from jupystra_tui.verbs.output import print_json, tell


def add(parser: ArgumentParser) -> None:
    """Add the actions."""
    parser.add_argument("action", choices=["stop", "log"], help="end it (jobs go on), or print its log")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """End the worker, or print its log."""
    if arguments.action == "stop":
        stopped = await _stop()
        if arguments.json:
            print_json({"stopped": stopped})
        return FINE if stopped else NOTHING
    _log(as_json=arguments.json)
    return FINE


def stop_worker() -> bool:
    """End the worker, of whichever version, and wait for it; returns whether there was one."""
    return asyncio.run(_stop())


async def _stop() -> bool:
    return await Client(lambda event: None, lambda: None).stop_running()


def _log(*, as_json: bool) -> None:
    logs = [folder / "worker.log" for folder in paths.runtime_folders() if (folder / "worker.log").is_file()]
    if not logs:
        raise NotThere("No worker has run yet", "It starts with the dashboard, or with `jupystra start`.")
    text = logs[0].read_text(errors="replace")
    if as_json:
        print_json({"path": str(logs[0]), "text": text})
    else:
        tell(text.removesuffix("\n"))
