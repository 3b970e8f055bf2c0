"""The stub command for sinfo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupystra_tui.demo.demo_job import DemoJob
from jupystra_tui.demo.inventory import DemoPartition, Node
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply
from jupystra_tui.demo.slurm import slurm_names
from jupystra_tui.demo.slurm.controller import VERSION, Controller
from jupystra_tui.demo.slurm.formats import codes, fill, hosts, limit
from jupystra_tui.demo.slurm.option_parser import CommandOption, CommandUsage, SlurmError

USAGE = CommandUsage(
    "sinfo",
    (
        CommandOption("all", "a"),
        CommandOption("exact", "e"),
        CommandOption("format", "o", takes_value=True),
        CommandOption("noheader", "h"),
        CommandOption("version", "V"),
    ),
)
DEFAULT_FORMAT = "%9P %.5a %.10l %.6D %.6t %N"
HEADINGS = {
    "A": "NODES(A/I)",
    "C": "CPUS(A/I/O/T)",
    "D": "NODES",
    "G": "GRES",
    "L": "DEFAULTTIME",
    "N": "NODELIST",
    "P": "PARTITION",
    "T": "STATE",
    "a": "AVAIL",
    "c": "CPUS",
    "f": "AVAIL_FEATURES",
    "l": "TIMELIMIT",
    "m": "MEMORY",
    "t": "STATE",
}
COUNTED = "ACDN"


def sinfo(controller: Controller, call: CommandCall) -> CommandReply:
    """List partitions, a line for each set of their nodes that the format does not tell apart."""
    options, operands = USAGE.parse(call.argv)
    if "version" in options:
        return CommandReply(VERSION)
    format = options.get("format", DEFAULT_FORMAT)
    for code in codes(format):
        if code not in HEADINGS:
            raise SlurmError(f"Invalid node format specification: {code}\n")
    if operands:
        raise SlurmError(f"sinfo: error: Unrecognized option: {operands[0]}\n")
    queue = controller.contact("slurm_load_partitions: ")
    site = _Site(controller, queue.jobs(), queue.down())
    lines = [] if "noheader" in options else [fill(format, HEADINGS)]
    for partition in controller.inventory.partitions:
        lines += [fill(format, values) for values in site.rows(partition, codes(format))]
    return CommandReply("".join(f"{line}\n" for line in lines))


class _Site:
    """The nodes with the jobs on them, at one moment."""

    def __init__(self, controller: Controller, jobs: Iterable[DemoJob], down: Iterable[str]) -> None:
        self._default = controller.inventory.partitions[0]
        self._down = frozenset(down)
        self._active = [job for job in jobs if job.active]

    def rows(self, partition: DemoPartition, letters: Iterable[str]) -> list[Mapping[str, str]]:
        """Values by letter, for each group of nodes alike in the letters that are not counts."""
        shown = [letter for letter in letters if letter not in COUNTED]
        groups: dict[tuple[str, ...], list[Node]] = {}
        for node in partition.nodes:
            values = self._values(partition, [node])
            groups.setdefault(tuple(values[letter] for letter in shown), []).append(node)
        return [self._values(partition, nodes) for nodes in groups.values()]

    def _values(self, partition: DemoPartition, nodes: list[Node]) -> Mapping[str, str]:
        node = nodes[0]
        states = [self._state(one) for one in nodes]
        busy = sum(state in ("mixed", "allocated") for state in states)
        return {
            "A": f"{busy}/{states.count('idle')}",
            "C": self._cpus(nodes),
            "D": str(len(nodes)),
            "G": f"gpu:{node.gpu}:{node.gpus}" if node.gpus else "(null)",
            "L": limit(partition.usual),
            "N": hosts(one.name for one in nodes),
            "P": partition.name + ("*" if partition is self._default else ""),
            "T": states[0],
            "a": "up",
            "c": str(node.cpus),
            "f": node.feature,
            "l": limit(partition.longest),
            "m": str(node.memory),
            "t": slurm_names.COMPACT_NODE[states[0]],
        }

    def _cpus(self, nodes: list[Node]) -> str:
        """Allocated, idle, out of order and all."""
        used = sum(job.request.cpus for node in nodes for job in self._on(node))
        out = sum(node.cpus for node in nodes if node.name in self._down)
        total = sum(node.cpus for node in nodes)
        return f"{used}/{total - used - out}/{out}/{total}"

    def _state(self, node: Node) -> str:
        return slurm_names.node_state(node, self._on(node), self._down)

    def _on(self, node: Node) -> list[DemoJob]:
        return [job for job in self._active if job.node == node.name]
