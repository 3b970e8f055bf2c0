"""Loads schedulers by their names."""

from importlib import import_module

from jupystra_tui.schedulers.registry import REGISTRY
from jupystra_tui.schedulers.roles import Scheduler


def scheduler_named(name: str) -> Scheduler:
    """Return the scheduler of that name in the configuration; raises KeyError if there is none."""
    found: Scheduler = import_module(REGISTRY[name].module).SCHEDULER
    return found
