"""GPUs that were not requested for each node (`--gpus`, `--gpus-per-task`): squeue has them only in its long format."""

import shlex
from collections.abc import Iterable

from jupystra_tui.schedulers.slurm.slurm_clusters import grouped, on_cluster, with_cluster
from jupystra_tui.schedulers.slurm.slurm_values import gpus, number

_FIELDS = ("JobID", "NumTasks", "tres-per-job", "tres-per-task", "tres-per-socket")


def tres_script(numbers: Iterable[str], mark: str) -> str:
    """Return shell text that prints a record with the GPUs of these jobs for each cluster; errors are left out."""
    return "; ".join(_squeue(cluster, bare, mark) for cluster, bare in grouped(numbers).items())


def _squeue(cluster: str, numbers: list[str], mark: str) -> str:
    columns = ",".join(f"{field}:|" for field in _FIELDS)
    argv = on_cluster(("squeue", "-a", "-h", "-t", "all", "-j", ",".join(numbers), "-O", columns), cluster)
    head = shlex.quote(f"\x1e{mark}tres\x1f{cluster}\n")
    return f"printf %s {head}; {shlex.join(argv)} 2>/dev/null"


def parse_tres(record: str) -> dict[str, str]:
    """Return the GPUs by job from what follows the mark in a record; empty for another record."""
    head, *lines = record.split("\n")
    kind, _, cluster = head.partition("\x1f")
    if kind != "tres":
        return {}
    rows = (line.split("|") for line in lines if line.count("|") >= len(_FIELDS))
    return {with_cluster(row[0].strip(), cluster): _gpus(row) for row in rows}


def _gpus(row: list[str]) -> str:
    _, tasks, per_job, per_task, per_socket = (field.strip() for field in row[: len(_FIELDS)])
    return gpus(per_job) or _times(gpus(per_task), number(tasks) or 1) or gpus(per_socket)


def _times(each: str, tasks: int) -> str:
    """Return the GPUs of all tasks together."""
    parts = (part.rpartition(":") for part in each.split(",") if each)
    return ",".join(f"{kind}{colon}{int(count) * tasks}" for kind, colon, count in parts)
