"""The columns of the table of partitions."""

from jupystra_tui.model import Partition
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.ui.theme import Pieces
from jupystra_tui.ui.widgets.columns import Column


def _name(partition: Partition) -> Pieces:
    default = (" default", "dim") if partition.default else ("", "")
    return ((partition.name, "strong"), default)


def _state(partition: Partition) -> Pieces:
    return (("● up", "good"),) if partition.up else (("× down", "bad"),)


def _nodes(partition: Partition) -> Pieces:
    if partition.idle_nodes is None:
        return ((f"{partition.nodes}", ""),)
    tone = "good" if partition.idle_nodes and partition.up else "dim"
    return ((f"{partition.idle_nodes}", tone), (f" of {partition.nodes}", "dim"))


def _limit(partition: Partition) -> Pieces:
    return ((show_duration(partition.max_time) if partition.max_time else "none", ""),)


def _cores(partition: Partition) -> Pieces:
    return ((str(partition.cores_per_node or "—"), ""),)


PARTITION_COLUMNS: tuple[Column[Partition], ...] = (
    Column("NAME", _name, 8, 24),
    Column("STATE", _state, 6, rank=3),
    Column("LIMIT", _limit, 9),
    Column("IDLE NODES", _nodes, 10, rank=1),
    Column("CORES", _cores, 5, rank=4, right=True),
    Column("MEMORY", lambda part: ((show_memory(part.memory_per_node), ""),), 7, rank=5, right=True),
    Column("GPUS", lambda part: ((part.gpus or "—", "" if part.gpus else "faint"),), 6, 24, rank=2),
)
