"""What the command stubs share: the queue, whose jobs they are, and whether the controller answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from jupystra_tui.demo.demo_queue import DemoQueue
from jupystra_tui.demo.inventory import Inventory
from jupystra_tui.demo.slurm.option_parser import SlurmError

VERSION = "slurm-wlm 22.05.8\n"
UNREACHABLE = "Unable to contact slurm controller (connect failure)\n"
INVALID_JOB = "slurm_load_jobs error: Invalid job id specified\n"


@dataclass
class Controller:
    """The controller of the practice cluster; `silent_seconds` is None while it answers."""

    queue: DemoQueue
    user: str
    uid: int
    silent_seconds: float | None = None

    @property
    def inventory(self) -> Inventory:
        """Nodes, partitions, accounts."""
        return self.queue.inventory

    def stop(self, seconds: float) -> None:
        """From now on all commands except sacct fail, each after that many seconds."""
        self.silent_seconds = seconds

    def start(self) -> None:
        """Requests are answered again."""
        self.silent_seconds = None

    def contact(self, message: str, code: int = 1) -> DemoQueue:
        """Return the queue; raises SlurmError after a while if the controller does not answer."""
        if self.silent_seconds is None:
            return self.queue
        time.sleep(self.silent_seconds)
        raise SlurmError(message + UNREACHABLE, code)
