"""Which node a waiting job could start on, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from jupystra_tui.demo.demo_job import DemoJob, DemoRequest
from jupystra_tui.demo.inventory import Inventory, Node


class Placement:
    """The site's nodes with what the active jobs leave free on them."""

    def __init__(self, inventory: Inventory, jobs: Iterable[DemoJob], down: Collection[str] = ()) -> None:
        self._inventory = inventory
        self._active = [job for job in jobs if job.active]
        self._down = down

    def possible(self, request: DemoRequest) -> list[Node]:
        """The nodes of its partition that are large enough when empty."""
        nodes = self._inventory.partition(request.partition).nodes
        return [node for node in nodes if self._fits(request, node, ())]

    def free(self, request: DemoRequest) -> Node | None:
        """The first node with room for it now."""
        for node in self.possible(request):
            if node.name not in self._down and self._fits(request, node, self._on(node)):
                return node
        return None

    def expected(self, request: DemoRequest) -> float | None:
        """When enough running jobs will have reached their limits to make room; None if that is never."""
        times = [
            self._room_at(request, node) for node in self.possible(request) if node.name not in self._down
        ]
        return min((at for at in times if at is not None), default=None)

    def _room_at(self, request: DemoRequest, node: Node) -> float | None:
        remaining = sorted(self._on(node), key=lambda job: job.deadline or float("inf"))
        while remaining:
            at = remaining.pop(0).deadline
            if at is not None and self._fits(request, node, remaining):
                return at
        return None

    def _on(self, node: Node) -> list[DemoJob]:
        return [job for job in self._active if job.node == node.name]

    def _fits(self, request: DemoRequest, node: Node, others: Iterable[DemoJob]) -> bool:
        held = [request, *(job.request for job in others)]
        return (
            sum(one.cpus for one in held) <= node.cpus
            and sum(memory_of(one, self._inventory) for one in held) <= node.memory
            and sum(one.gpus for one in held) <= node.gpus
            and request.gpu in ("", node.gpu)
            and request.feature in ("", node.feature)
        )


def memory_of(request: DemoRequest, inventory: Inventory) -> int:
    """Megabytes the job holds on its node."""
    return inventory.memory_per_cpu * request.cpus if request.memory is None else request.memory
