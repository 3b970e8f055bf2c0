"""Runs one verb, prints its errors and returns the exit status."""

import asyncio
import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.frontend.concealed import conceal
from jupystra_tui.verbs.exits import USAGE, OutputError, ReaderClosed, status_of
from jupystra_tui.verbs.output import discard_stdout, flush, open_streams, print_error
from jupystra_tui.verbs.parser import VERBS, make_parser, parse


def main(argv: list[str]) -> int:
    """Run a verb and return the exit status; errors are printed, not raised."""
    open_streams()
    conceal(argv, "jupystra_tui.verbs")
    try:
        return _run(argv)
    except OutputError as error:
        discard_stdout()
        if not isinstance(error, ReaderClosed):
            print_error(error)
        return status_of(error)


def _run(argv: list[str]) -> int:
    as_json = "--json" in argv
    try:
        arguments = parse(argv)
        as_json = arguments.json
        if not arguments.verb:
            make_parser(()).print_help()
            flush()
            return USAGE
        with _interruptible():
            return asyncio.run(_run_verb(arguments))
    except OutputError:
        raise
    except JupystraError as error:
        print_error(error, as_json=as_json)
        return status_of(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        interrupted = GivenUp("Interrupted")
        print_error(interrupted, as_json=as_json)
        return status_of(interrupted)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Cancel the verb on ^C, as asyncio does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _run_verb(arguments: Namespace) -> int:
    """Run the verb; SIGTERM and SIGHUP cancel it as ^C does."""
    task = asyncio.current_task()
    assert task
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    verb = import_module(f"jupystra_tui.verbs.{VERBS[arguments.verb][0]}")
    return int(await verb.run(arguments))
