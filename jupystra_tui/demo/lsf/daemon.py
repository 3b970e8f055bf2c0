"""What the stand-ins share: the queue, whose jobs they are, and whether the daemon answers."""

from __future__ import annotations

import getopt
import time
from collections.abc import Sequence
from dataclasses import dataclass

from jupystra_tui.demo.inventory import Inventory
from jupystra_tui.demo.queue import Queue

SILENT = "batch system daemon not responding ... still trying"


class LsfError(Exception):
    """What a command prints on standard error before it ends with a code."""

    def __init__(self, text: str, code: int = 255) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass
class Daemon:
    """mbatchd of the practice cluster; `silent_seconds` is None while it answers."""

    queue: Queue
    user: str
    silent_seconds: float | None = None
    version: str = "volclava project 2.2, Nov 22 2026\n"

    @property
    def inventory(self) -> Inventory:
        """Nodes, queues, projects."""
        return self.queue.inventory

    def contact(self) -> Queue:
        """The queue; LsfError after a while when the daemon is away."""
        if self.silent_seconds is None:
            return self.queue
        time.sleep(self.silent_seconds)
        raise LsfError(SILENT)


def options(argv: Sequence[str], letters: str, usage: str) -> tuple[dict[str, str], list[str]]:
    """Values by letter, the last one given counts, and the operands; LsfError with the usage for any other.

    A single dash begins a word too: `-json` and `-oo` are among the words that `letters` may not spell.
    """
    try:
        given, rest = getopt.getopt(list(argv), letters)
    except getopt.GetoptError as error:
        raise LsfError(usage.format(letter=error.opt)) from error
    return {name[1:]: value for name, value in given}, list(rest)


def clock(at: float) -> str:
    """A moment in local time as LSF's histories write it."""
    return time.strftime("%a %b %e %H:%M:%S", time.localtime(at))


def short_clock(at: float) -> str:
    """A moment as bjobs lists it, without its year."""
    return time.strftime("%b %e %H:%M", time.localtime(at))
