"""The schedulers that jupystra-tui knows, one line each."""

from typing import NamedTuple


class SchedulerEntry(NamedTuple):
    """A scheduler's name in texts, and the module that defines it as `SCHEDULER`."""

    title: str
    module: str


REGISTRY: dict[str, SchedulerEntry] = {
    "slurm": SchedulerEntry("Slurm", "jupystra_tui.schedulers.slurm"),
    "lsf": SchedulerEntry("LSF", "jupystra_tui.schedulers.lsf"),
}
"""By the name in the configuration; a login looks for them in this order.

The modules are imported when needed (see `loading`): a front end needs only the names.
"""


def titles() -> str:
    """Return the names for a sentence: `Slurm or LSF`."""
    *others, last = (entry.title for entry in REGISTRY.values())
    return f"{', '.join(others)} or {last}" if others else last
