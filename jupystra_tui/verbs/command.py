"""Runs one verb, and turns how it ends into words and an exit status."""

import asyncio
import os
import signal
import sys
from argparse import Namespace
from importlib import import_module

from jupystra_tui.concealed import conceal
from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.verbs.exits import PIPE, USAGE, status_of
from jupystra_tui.verbs.output import complain
from jupystra_tui.verbs.parser import VERBS, make_parser, parse


def main(words: list[str]) -> int:
    """Run the verb that `words` name; returns the exit status, and raises nothing that a person should read."""
    conceal(words, "jupystra_tui.verbs")
    try:
        status = _run(words)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE


def _run(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        arguments = parse(words)
        as_json = arguments.json
        if not arguments.verb:
            make_parser(()).print_help()
            return USAGE
        return asyncio.run(_until_told(arguments))
    except JupystraError as error:
        complain(error, as_json=as_json)
        return status_of(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        interrupted = GivenUp("Interrupted")
        complain(interrupted, as_json=as_json)
        return status_of(interrupted)


async def _until_told(arguments: Namespace) -> int:
    """Run the verb; a terminal that closes, or a polite end, ends it as ^C does: nothing is left half done."""
    task = asyncio.current_task()
    assert task
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    verb = import_module(f"jupystra_tui.verbs.{VERBS[arguments.verb][0]}")
    return int(await verb.run(arguments))
