"""The nodes, partitions and accounts of the practice site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A compute node as the scheduler counts it; memory in megabytes."""

    name: str
    cpus: int
    memory: int
    feature: str
    gpu: str = ""
    gpus: int = 0


@dataclass(frozen=True)
class DemoPartition:
    """A named set of nodes with a longest and a usual walltime, both in minutes."""

    name: str
    nodes: tuple[Node, ...]
    longest: int
    usual: int


@dataclass(frozen=True)
class Inventory:
    """The whole site; the first partition, account and QOS are the defaults."""

    cluster: str
    login: str
    partitions: tuple[DemoPartition, ...]
    accounts: tuple[str, ...]
    qos: tuple[str, ...]
    memory_per_cpu: int

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Each node once, in the order of the partitions."""
        return tuple(dict.fromkeys(node for partition in self.partitions for node in partition.nodes))

    def partition(self, name: str) -> DemoPartition:
        """The partition of that name; KeyError when there is none."""
        return {partition.name: partition for partition in self.partitions}[name]


P1 = Node("p1", cpus=8, memory=32000, feature="cpu")
P2 = Node("p2", cpus=8, memory=32000, feature="a100", gpu="a100", gpus=2)

PRACTICE = Inventory(
    cluster="practice",
    login="practice-login",
    partitions=(
        DemoPartition("short", (P1, P2), longest=12 * 60, usual=60),
        DemoPartition("long", (P1,), longest=7 * 24 * 60, usual=24 * 60),
        DemoPartition("gpu", (P2,), longest=24 * 60, usual=60),
    ),
    accounts=("training", "physics"),
    qos=("normal", "debug"),
    memory_per_cpu=1000,
)
