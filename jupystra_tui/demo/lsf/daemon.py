"""What the command stubs share: the queue, whose jobs they are, and whether the daemon answers."""

from __future__ import annotations

import getopt
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from jupystra_tui.demo.demo_job import DemoRequest
from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.inventory import Inventory

BEAT_SECONDS = 10.0
RETRY_SECONDS = 0.5
FULL = f"User <you>: Pending job threshold reached. Retrying in {RETRY_SECONDS:g} seconds..."
SILENT = "batch system daemon not responding ... still trying"


class LsfError(Exception):
    """What a command prints on standard error before it ends with a code."""

    def __init__(self, text: str, code: int = 255) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass
class Daemon:
    """mbatchd of the practice cluster; `silent_seconds` is None while it answers, `takes` how often it submits a job.

    `waiting` counts the submissions that wait for it while it hangs.
    """

    queue: DemoQueue
    user: str
    silent_seconds: float | None = None
    takes: int = 1
    waiting: int = 0
    answers: threading.Event = field(default_factory=threading.Event)
    has_room: threading.Event = field(default_factory=threading.Event)
    version: str = "volclava project 2.2, Nov 22 2026\n"

    @property
    def inventory(self) -> Inventory:
        """Nodes, queues, projects."""
        return self.queue.inventory

    def __post_init__(self) -> None:
        self.answers.set()
        self.has_room.set()

    def limit_pending(self) -> None:
        """From now on it accepts no more jobs until `start`: submissions retry."""
        self.has_room.clear()

    def await_room(self, print_error: Callable[[str], None]) -> None:
        """Wait while it accepts no more jobs, as bsub does; OSError if the client has disconnected."""
        while not self.has_room.wait(RETRY_SECONDS):
            print_error(FULL)

    def stop(self, seconds: float) -> None:
        """From now on all requests fail, each after that many seconds."""
        self.silent_seconds = seconds

    def hang(self, takes: int) -> None:
        """From now on all requests wait until `start`; a submission that waited is then submitted `takes` times."""
        self.takes = takes
        self.answers.clear()

    def start(self) -> None:
        """Requests are answered again."""
        self.silent_seconds = None
        self.answers.set()
        self.has_room.set()

    def await_answer(self, print_error: Callable[[str], None]) -> None:
        """Wait while it hangs, and say so as LSF's commands do."""
        try:
            while not self.answers.wait(BEAT_SECONDS):
                print_error(SILENT)
        except OSError:
            self.answers.wait()  # the client has disconnected, and LSF still runs the request

    def submitted(
        self,
        request: DemoRequest,
        print_error: Callable[[str], None],
        elements: tuple[int, ...] = (),
        limit: int = 0,
    ) -> int:
        """Submit a job and return its number: the last one if a daemon that hung submitted it several times.

        `elements` are those of an array, of which `limit` run at once, or all for 0.
        """
        self.waiting += 1
        try:
            self.await_room(print_error)
            self.await_answer(print_error)
        finally:
            self.waiting -= 1
        times, self.takes = self.takes, 1
        return [self.contact().submit(request, elements, limit) for _ in range(times)][-1]

    def contact(self) -> DemoQueue:
        """Return the queue; raises LsfError after a while if the daemon does not answer."""
        if self.silent_seconds is None:
            return self.queue
        time.sleep(self.silent_seconds)
        raise LsfError(SILENT)


def options(argv: Sequence[str], letters: str, usage: str) -> tuple[dict[str, str], list[str]]:
    """Return values by letter (the last one counts) and the operands; raises LsfError with the usage for others.

    A single dash also begins a word: `-json` and `-oo` are not in `letters`.
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
