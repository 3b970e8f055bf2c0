"""`jupystra worker`: stop the worker process, or print its log."""

import asyncio
from argparse import ArgumentParser, Namespace

from jupystra_tui import paths
from jupystra_tui.frontend.client import Client
from jupystra_tui.verbs.exits import NOT_FOUND, OK, NotFound
from jupystra_tui.verbs.output import print_json, print_result


def add(parser: ArgumentParser) -> None:
    """Add the actions of this verb."""
    parser.add_argument("action", choices=["stop", "log"], help="stop it (jobs continue), or print its log")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


async def run(arguments: Namespace) -> int:
    """Stop the worker, or print its log."""
    if arguments.action == "stop":
        stopped = await _stop()
        if arguments.json:
            print_json({"stopped": stopped})
        return OK if stopped else NOT_FOUND
    _log(as_json=arguments.json)
    return OK


def stop_worker() -> bool:
    """Stop the worker of any version and wait for its end; returns whether one was running."""
    return asyncio.run(_stop())


async def _stop() -> bool:
    return await Client(lambda event: None, lambda: None).stop_running()


def _log(*, as_json: bool) -> None:
    logs = [folder / "worker.log" for folder in paths.runtime_folders() if (folder / "worker.log").is_file()]
    if not logs:
        raise NotFound("No worker has run yet", "The dashboard and `jupystra start` start it.")
    text = logs[0].read_text(errors="replace")
    if as_json:
        print_json({"path": str(logs[0]), "text": text})
    else:
        print_result(text.removesuffix("\n"))
