"""Slurm: what to ask it, and how to read its answers."""

from jupystra_tui.schedulers.slurm.scheduler import Slurm

__all__ = ["Slurm"]
