"""LSF as the practice cluster plays it: nine commands, printing as volclava 2.2, of LSF's open-source line, does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupystra_tui.demo.dialect import Answer, Call
from jupystra_tui.demo.lsf.bhist import bhist
from jupystra_tui.demo.lsf.bjobs import bjobs
from jupystra_tui.demo.lsf.bkill import bkill
from jupystra_tui.demo.lsf.bsub import bsub
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError
from jupystra_tui.demo.lsf.site import bhosts, bparams, bqueues, lshosts, lsid
from jupystra_tui.demo.queue import Queue

COMMANDS: Mapping[str, Callable[[Daemon, Call], Answer]] = {
    "bhist": bhist,
    "bhosts": bhosts,
    "bjobs": bjobs,
    "bkill": bkill,
    "bparams": bparams,
    "bqueues": bqueues,
    "bsub": bsub,
    "lshosts": lshosts,
    "lsid": lsid,
}


class LsfCommands:
    """The commands on the queue of the site's one user."""

    names = tuple(COMMANDS)

    def __init__(self, queue: Queue, user: str) -> None:
        self._daemon = Daemon(queue, user)

    def answer(self, name: str, call: Call) -> Answer:
        """Run one of them; what it refuses is an answer too."""
        if "-V" in call.argv:
            return Answer(self._daemon.version)
        try:
            return COMMANDS[name](self._daemon, call)
        except LsfError as error:
            return Answer(stderr=f"{error.text}\n", code=error.code)

    def stop_controller(self, seconds: float) -> None:
        """From now on all that ask mbatchd fail, each after that many seconds."""
        self._daemon.silent_seconds = seconds

    def start_controller(self) -> None:
        """They are answered again."""
        self._daemon.silent_seconds = None
