"""What is said beside a launch option: what its value means on the chosen partition."""

from typing import Any

from jupystra_tui.model import Partition
from jupystra_tui.model.units import show_duration, show_memory
from jupystra_tui.options.gpus import node_has, read_gpus
from jupystra_tui.options.option import Remark

ROOT_PORTS = range(1, 1024)


def limits(partition: Partition) -> str:
    """Return a partition's limit and free nodes in a few words: `≤ 12 h · 2 of 4 nodes free`."""
    time = f"≤ {show_duration(partition.max_time)}" if partition.max_time else "no time limit"
    if not partition.up:
        return f"{time} · down"
    if partition.idle_nodes is None:
        return time
    return f"{time} · {partition.idle_nodes} of {partition.nodes} nodes free"


def queue(name: str, partition: Partition) -> Remark:
    """Say what the partition has."""
    if not partition.name:
        return Remark("not among the queues of this cluster" if name else "the site's default")
    return Remark(limits(partition), "dim" if partition.up else "warn")


def walltime(seconds: int, partition: Partition) -> Remark:
    """Say the duration, or that it is over the limit."""
    limit = partition.max_time
    if limit is not None and seconds > limit:
        return Remark(f"over the limit of {partition.name}: {show_duration(limit)}", "bad")
    return Remark(show_duration(seconds))


def memory(mib: int, partition: Partition) -> Remark:
    """Say the size, and what nodes have."""
    has = partition.memory_per_node
    if has is None:
        return Remark(show_memory(mib))
    if mib > has:
        return Remark(f"nodes of {partition.name} have {show_memory(has)}", "warn")
    return Remark(f"{show_memory(mib)} · nodes have {show_memory(has)}")


def cores(number: int, partition: Partition) -> Remark:
    """Say what nodes have."""
    has = partition.cores_per_node
    if has is None:
        return Remark("")
    if number > has:
        return Remark(f"nodes of {partition.name} have {has}", "warn")
    return Remark(f"nodes have {has}")


def gpus(wanted: str, partition: Partition) -> Remark:
    """Say what nodes have."""
    number = read_gpus(wanted)
    if partition.gpus and number and not node_has(number, partition.gpus):
        return Remark(f"nodes of {partition.name} have {partition.gpus}", "warn")
    if partition.gpus:
        return Remark(f"nodes have {partition.gpus}")
    if not partition.name or partition.gpus is None:
        return Remark("")
    return Remark(f"none in {partition.name}", "warn" if wanted else "dim")


def node_port(port: int, partition: Partition) -> Remark:
    """Say what 0 means."""
    return Remark("" if port else "any that is free on the node")


def local_port(port: int, partition: Partition) -> Remark:
    """Say what happens when it is taken."""
    return _fixed_port(port, "8888, or the next that is free")


def relay_port(port: int, partition: Partition) -> Remark:
    """Say what happens when it is taken."""
    return _fixed_port(port, "no port on the login node")


def if_empty(text: str) -> Any:
    """Return a remark that says what an empty value means."""
    return lambda value, partition: Remark("" if value else text)


def _fixed_port(port: int, free_choice: str) -> Remark:
    if port in ROOT_PORTS:
        return Remark("ports below 1024 are for root", "warn")
    return Remark("this one, or an error" if port else free_choice)
