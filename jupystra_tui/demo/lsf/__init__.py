"""A simulated LSF: nine commands, with the output of volclava 2.2, an open-source LSF."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.lsf.bhist import bhist
from jupystra_tui.demo.lsf.bjobs import bjobs
from jupystra_tui.demo.lsf.bkill import bkill
from jupystra_tui.demo.lsf.bsub import bsub
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError
from jupystra_tui.demo.lsf.site_queries import bhosts, bparams, bqueues, lshosts, lsid
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

COMMANDS: Mapping[str, Callable[[Daemon, CommandCall], CommandReply]] = {
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


BY_THEMSELVES = (
    "bsub",
    "lshosts",
    "lsid",
)  # it reads the script before it asks mbatchd, and these ask another


class LsfCommands:
    """The commands on the queue of the site's one user."""

    names = tuple(COMMANDS)

    def __init__(self, queue: DemoQueue, user: str) -> None:
        self._daemon = Daemon(queue, user)

    def answer(self, name: str, call: CommandCall) -> CommandReply:
        """Run one of them; a refusal is returned like other output."""
        if "-V" in call.argv:
            return CommandReply(self._daemon.version)
        if name not in BY_THEMSELVES:
            self._daemon.await_answer(call.print_error)
        try:
            return COMMANDS[name](self._daemon, call)
        except LsfError as error:
            return CommandReply(stderr=f"{error.text}\n", code=error.code)

    @property
    def switches(self) -> Mapping[str, Callable[..., object]]:
        """The faults of mbatchd that can be simulated."""
        daemon = self._daemon
        return {
            "stop_controller": daemon.stop,
            "hang_controller": daemon.hang,
            "limit_pending": daemon.limit_pending,
            "start_controller": daemon.start,
            "waiting_submissions": lambda: daemon.waiting,
        }
