"""Runs one verb, and turns how it ends into words and an exit status."""

import asyncio
import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.frontend.concealed import conceal
from jupystra_tui.verbs.exits import USAGE, NobodyReads, Unwritable, status_of
from jupystra_tui.verbs.output import complain, flush, open_streams, shut_stdout
from jupystra_tui.verbs.parser import VERBS, make_parser, parse


def main(words: list[str]) -> int:
    """Run the verb that `words` name; returns the exit status, and raises nothing that a person should read."""
    open_streams()
    conceal(words, "jupystra_tui.verbs")
    try:
        return _run(words)
    except Unwritable as error:
        shut_stdout()
        if not isinstance(error, NobodyReads):
            complain(error)
        return status_of(error)


def _run(words: list[str]) -> int:
    as_json = "--json" in words
    try:
        arguments = parse(words)
        as_json = arguments.json
        if not arguments.verb:
            make_parser(()).print_help()
            flush()
            return USAGE
        with _interruptible():
            return asyncio.run(_until_told(arguments))
    except Unwritable:
        raise
    except JupystraError as error:
        complain(error, as_json=as_json)
        return status_of(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        interrupted = GivenUp("Interrupted")
        complain(interrupted, as_json=as_json)
        return status_of(interrupted)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Have ^C cancel the verb, as asyncio does it, while that runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _until_told(arguments: Namespace) -> int:
    """Run the verb; a terminal that closes, or a polite end, ends it as ^C does: nothing is left half done."""
    task = asyncio.current_task()
    assert task
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    verb = import_module(f"jupystra_tui.verbs.{VERBS[arguments.verb][0]}")
    return int(await verb.run(arguments))
