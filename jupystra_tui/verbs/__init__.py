"""`jupystra`: what the dashboard does, for scripts and shells; a front end to the same worker."""

from jupystra_tui.verbs.command import main
from jupystra_tui.verbs.worker import stop_worker

__all__ = ["main", "stop_worker"]
