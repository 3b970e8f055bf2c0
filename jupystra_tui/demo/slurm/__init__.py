"""Slurm as the practice cluster simulates it: six commands, printing as Slurm 22.05 does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm.controller import Controller
from jupystra_tui.demo.slurm.option_parser import SlurmError
from jupystra_tui.demo.slurm.sacct import sacct
from jupystra_tui.demo.slurm.sbatch import sbatch
from jupystra_tui.demo.slurm.scancel import scancel
from jupystra_tui.demo.slurm.scontrol import scontrol
from jupystra_tui.demo.slurm.sinfo import sinfo
from jupystra_tui.demo.slurm.squeue import squeue

COMMANDS: Mapping[str, Callable[[Controller, CommandCall], CommandReply]] = {
    "sacct": sacct,
    "sbatch": sbatch,
    "scancel": scancel,
    "scontrol": scontrol,
    "sinfo": sinfo,
    "squeue": squeue,
}


class SlurmCommands:
    """The six commands on the queue of the site's one user."""

    names = tuple(COMMANDS)

    def __init__(self, queue: DemoQueue, user: str, uid: int) -> None:
        self._controller = Controller(queue, user, uid)

    def answer(self, name: str, call: CommandCall) -> CommandReply:
        """Run one of them; a refusal is returned like other output."""
        try:
            return COMMANDS[name](self._controller, call)
        except SlurmError as error:
            return CommandReply(stderr=error.text, code=error.code)

    @property
    def switches(self) -> Mapping[str, Callable[..., object]]:
        """The faults of slurmctld that can be simulated."""
        return {"stop_controller": self._controller.stop, "start_controller": self._controller.start}
