"""The walltime that the form offers: at most what the partition allows."""

from jupystra_tui.model import Partition
from jupystra_tui.model.units import show_duration
from jupystra_tui.options.option import Remark


def clamp(walltime: int, partition: Partition) -> int:
    """Return `walltime` in seconds, or the partition's limit where that is less."""
    return min(walltime, partition.max_time or walltime)


def clamped_remark(wanted: int, partition: Partition) -> Remark:
    """Say why the walltime offered is not the one of the configuration."""
    limit = show_duration(partition.max_time)
    return Remark(f"{limit} is the most {partition.name} allows, not {show_duration(wanted)}", "warn")
