"""A site's partitions, their limits and their nodes."""

import re
import shlex
from collections.abc import Sequence

from msgspec import Struct, structs

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Partition
from jupystra_tui.schedulers.roles import Argv
from jupystra_tui.schedulers.slurm.slurm_clusters import CLUSTER, OWN, on_cluster, one_command, one_script
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from jupystra_tui.schedulers.slurm.slurm_values import first_host, gpus, mebibytes, number, seconds
from jupystra_tui.text import clean

_LIMITS: Argv = ("scontrol", "-a", "-o", "show", "partition")
_NODES: Argv = ("sinfo", "-a", "-h", "-e", "-o", "%P %a %l %D %A %c %m %G".replace(" ", "\x1f"))
_STATES: Argv = ("sinfo", "-a", "-h", "-o", "%T %N")
_VERSION = re.compile(r"^slurm\S* (\d+\.\d+\S*)", re.MULTILINE)
_BETWEEN = "\x1e"
_UP = re.compile(r"(?:idle|mixed|allocated|completing|planned)[-+@!$]?")
"""States of nodes that answer and run jobs; a suffix may add that they are planned for a job, or wait for a reboot."""


def version_command() -> Argv:
    """Return squeue with the option that prints its version; it needs no controller."""
    return "squeue", "--version"


def parse_version(text: str) -> str:
    """Return `22.05.8` from `slurm-wlm 22.05.8`; raises SchedulerError for anything else."""
    match = _VERSION.search(text)
    if not match:
        raise SchedulerError("squeue did not print a version of Slurm", "Is this Slurm?", clean(text))
    return clean(match[1], 40)


def survey_script() -> str:
    """Return shell text that shows whether Slurm is configured, and then the name of the login node's own cluster.

    It ends soon when the controller is away.
    """
    return (
        "timeout 6 scontrol ping 2>&1 | head -n 20\n"
        "timeout 6 scontrol show config 2>/dev/null | sed -n 's/^ClusterName *= *//p'"
    )


def cluster_name(survey: str) -> str:
    """Return the name that `survey_script` printed, empty if there is none."""
    names = [line.strip() for line in survey.splitlines() if re.fullmatch(CLUSTER, line.strip(), re.ASCII)]
    return names[-1] if names else ""


def partitions_script(clusters: Sequence[str] = (OWN,)) -> str:
    """Return shell text that prints every partition, a separator, and a line for each kind of node in each."""
    limits, nodes = (
        one_script(shlex.join(on_cluster(command, cluster)) for cluster in clusters)
        for command in (_LIMITS, _NODES)
    )
    return f"{limits} && printf '\\036\\n' && {nodes}"


def parse_partitions(text: str) -> tuple[Partition, ...]:
    """Parse the output of `partitions_script`; raises SchedulerError if no partition is in it."""
    limits, _, nodes = text.partition(_BETWEEN)
    partitions = [_partition(line) for line in limits.splitlines() if line.startswith("PartitionName=")]
    if not partitions:
        raise explain_failure(1, text, "scontrol")
    kinds = _kinds_of_nodes(nodes)
    first: dict[str, Partition] = {}
    for partition in partitions:
        first.setdefault(partition.name, partition)
    return tuple(_with_nodes(partition, kinds.get(name, [])) for name, partition in first.items())


def nodes_command(clusters: Sequence[str] = (OWN,)) -> Argv:
    """Return the command that lists the nodes of each partition by their state."""
    return one_command([on_cluster(_STATES, cluster) for cluster in clusters])


def parse_nodes(text: str) -> tuple[str, ...]:
    """Return the first node of each line whose state means that it answers and runs jobs."""
    lines = (line.split() for line in text.splitlines())
    up = (first_host(words[1]) for words in lines if len(words) == 2 and _UP.fullmatch(words[0]))
    return tuple(dict.fromkeys(filter(None, up)))


class _Nodes(Struct, frozen=True):
    """Nodes of one kind in a partition."""

    count: int
    idle: int
    cores: int
    memory: int
    gpus: str


def _partition(line: str) -> Partition:
    fields = dict(re.findall(r"(\w+)=(\S*)", line))
    return Partition(
        name=clean(fields["PartitionName"]),
        default=fields.get("Default") == "YES",
        up=fields.get("State", "UP") == "UP",
        max_time=seconds(fields.get("MaxTime", "")),
        nodes=number(fields.get("TotalNodes", "")) or 0,
    )


def _kinds_of_nodes(text: str) -> dict[str, list[_Nodes]]:
    kinds: dict[str, list[_Nodes]] = {}
    for line in text.splitlines():
        fields = line.split("\x1f")
        if len(fields) == 8:
            name, _, _, count, use, cores, memory, gres = fields
            idle = use.partition("/")[2]
            row = _Nodes(
                count=number(count) or 0,
                idle=number(idle) or 0,
                cores=number(cores) or 0,
                memory=mebibytes(memory.removesuffix("+")) or 0,
                gpus=gpus(gres),
            )
            kinds.setdefault(clean(name).removesuffix("*"), []).append(row)
    return kinds


def _with_nodes(partition: Partition, kinds: list[_Nodes]) -> Partition:
    if not kinds:
        return partition
    return structs.replace(
        partition,
        nodes=partition.nodes or sum(kind.count for kind in kinds),
        idle_nodes=sum(kind.idle for kind in kinds),
        cores_per_node=max(kind.cores for kind in kinds) or None,
        memory_per_node=max(kind.memory for kind in kinds) or None,
        gpus=_most_gpus(kinds),
    )


def _most_gpus(kinds: list[_Nodes]) -> str:
    """Return the GPUs of the best node for each type, as `a100:4,v100:2`."""
    most: dict[str, int] = {}
    for entry in ",".join(kind.gpus for kind in kinds).split(","):
        kind, _, count = entry.rpartition(":")
        if count.isascii() and count.isdigit():
            most[kind] = max(most.get(kind, 0), int(count))
    return clean(",".join(f"{kind}:{count}" if kind else str(count) for kind, count in most.items()))
