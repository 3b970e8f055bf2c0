"""The `jupystra` command line: a front end to the worker for scripts and shells."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from jupystra_tui.verbs.exits import INTERRUPTED


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb with `argv` (sys.argv if None) and return the exit status. ^C is handled from the start."""
    signal.signal(signal.SIGINT, _leave)
    from jupystra_tui.verbs.command import main as run

    return run(list(sys.argv[1:] if argv is None else argv))


def stop_worker() -> bool:
    """Stop the worker of any version and wait for its end; returns whether one was running."""
    from jupystra_tui.verbs.manage_worker import stop_worker as stop

    return stop()


def _leave(number: int, frame: FrameType | None) -> None:
    """Exit immediately: nothing has been started or printed yet."""
    os._exit(INTERRUPTED)
