"""What sbatch's options ask for, checked as sbatch and its controller check it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from jupystra_tui.demo.demo_job import DemoRequest
from jupystra_tui.demo.inventory import DemoPartition, Inventory
from jupystra_tui.demo.scheduler_commands import CommandCall
from jupystra_tui.demo.slurm.batch_script import BatchScript
from jupystra_tui.demo.slurm.option_parser import SlurmError

MALFORMED = 255
FAILED = "sbatch: error: Batch job submission failed: "
NOT_AVAILABLE = FAILED + "Requested node configuration is not available\n"
TIME = re.compile(r"(?:(?P<days>\d+)-)?(?P<clock>\d+(?::\d+){0,2})")
MEMORY = re.compile(r"(\d+)([KMGT]?)B?", re.IGNORECASE)
MEGABYTES = {"K": 1 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
GRES = re.compile(r"gpu(?::([a-z]\w*))?(?::(\d+))?")


def job_request(
    call: CommandCall, script: BatchScript, options: Mapping[str, str], inventory: Inventory
) -> DemoRequest:
    """The job those options ask for; SlurmError in sbatch's words for what it would refuse."""
    partition = _partition(options.get("partition", inventory.partitions[0].name), inventory)
    gpu, gpus = _gpus(options["gres"]) if "gres" in options else ("", 0)
    request = DemoRequest(
        name=options.get("job-name", script.name),
        partition=partition.name,
        script=script.text,
        command=script.file,
        comment=options.get("comment", ""),
        folder=str(Path(call.folder, options.get("chdir", ""))),
        output=options.get("output", "slurm-%j.out"),
        append=_appends(options.get("open-mode", "truncate")),
        cpus=_count(options.get("cpus-per-task", "1")),
        memory=_megabytes(options["mem"]) if "mem" in options else None,
        minutes=_minutes(options["time"]) if "time" in options else partition.usual,
        gpu=gpu,
        gpus=gpus,
        gres=options.get("gres", ""),
        feature=options.get("constraint", ""),
        account=options.get("account", inventory.accounts[0]),
        qos=options.get("qos", inventory.qos[0]),
        requeue="no-requeue" not in options,
        umask=call.umask,
        environment=call.environment,
    )
    _check(request, partition, inventory)
    return request


def _minutes(text: str) -> int | None:
    """Minutes, rounded up, of `M`, `M:S`, `H:M:S`, `D-H`, `D-H:M` or `D-H:M:S`; None without a limit."""
    if text.upper() in ("UNLIMITED", "INFINITE", "0", "-1"):
        return None
    match = TIME.fullmatch(text)
    if match is None:
        raise SlurmError("sbatch: error: Invalid --time specification\n", MALFORMED)
    parts = [int(part) for part in match["clock"].split(":")]
    if match["days"] is not None:
        hours, minutes, seconds = (*parts, 0, 0)[:3]
    else:
        hours, minutes, seconds = {1: (0, *parts, 0), 2: (0, *parts), 3: tuple(parts)}[len(parts)]
    return int(match["days"] or 0) * 1440 + hours * 60 + minutes + math.ceil(seconds / 60)


def _megabytes(text: str) -> int:
    match = MEMORY.fullmatch(text)
    if match is None:
        raise SlurmError("sbatch: error: Invalid --mem specification\n", MALFORMED)
    return math.ceil(int(match[1]) * MEGABYTES[match[2].upper()])


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise SlurmError(f'sbatch: error: Invalid numeric value "{text}" for --cpus-per-task.\n')
    return int(text)


def _gpus(text: str) -> tuple[str, int]:
    match = GRES.fullmatch(text)
    if match is None:
        raise SlurmError("sbatch: error: Invalid generic resource (gres) specification\n")
    return match[1] or "", int(match[2] or 1)


def _appends(mode: str) -> bool:
    if mode not in ("append", "truncate"):
        raise SlurmError("sbatch: error: Invalid --open-mode specification\n", MALFORMED)
    return mode == "append"


def _partition(name: str, inventory: Inventory) -> DemoPartition:
    try:
        return inventory.partition(name)
    except KeyError:
        raise SlurmError(
            f"sbatch: error: invalid partition specified: {name}\n{FAILED}Invalid partition name specified\n"
        ) from None


def _check(request: DemoRequest, partition: DemoPartition, inventory: Inventory) -> None:
    """Refuse what the controller refuses; it accepts too long a time and too many CPUs."""
    if request.account not in inventory.accounts:
        raise SlurmError(f"{FAILED}Invalid account or account/partition combination specified\n")
    if request.qos not in inventory.qos:
        raise SlurmError(f"{FAILED}Invalid qos specification\n")
    if request.feature and request.feature not in {node.feature for node in inventory.nodes}:
        raise SlurmError(f"{FAILED}Invalid feature specification\n")
    if (request.memory or 0) > max(node.memory for node in partition.nodes):
        raise SlurmError("sbatch: error: Memory specification can not be satisfied\n" + NOT_AVAILABLE)
    suitable = [
        node
        for node in partition.nodes
        if request.gpus <= node.gpus
        and request.gpu in ("", node.gpu)
        and request.feature in ("", node.feature)
    ]
    if not suitable:
        raise SlurmError(NOT_AVAILABLE)
