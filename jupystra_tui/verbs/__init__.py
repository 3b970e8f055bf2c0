"""`jupystra`: what the dashboard does, for scripts and shells; a front end to the same worker."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from jupystra_tui.verbs.exits import INTERRUPTED


def main(words: Sequence[str] | None = None) -> int:
    """Run the verb that `words` (sys.argv's, if None) name; returns the exit status. ^C is heard from the start."""
    signal.signal(signal.SIGINT, _leave)
    from jupystra_tui.verbs.command import main as run

    return run(list(sys.argv[1:] if words is None else words))


def stop_worker() -> bool:
    """End the worker, of whichever version, and wait for it; returns whether there was one."""
    from jupystra_tui.verbs.worker import stop_worker as stop

    return stop()


def _leave(number: int, frame: FrameType | None) -> None:
    """End at once: nothing has begun yet, and all that was to be printed is."""
    os._exit(INTERRUPTED)
