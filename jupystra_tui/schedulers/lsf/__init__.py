"""LSF: what to ask it, and how to read its answers."""

from jupystra_tui.schedulers.lsf.scheduler import Lsf

__all__ = ["Lsf"]
