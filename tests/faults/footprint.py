"""What a worker holds of its machine: nothing of a break may stay."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

from ..front_end import ssh_processes
from .lab import Laptop

SETTLE_SECONDS = 15.0
LOOK_SECONDS = 0.2


class Footprint(NamedTuple):
    """What one worker holds."""

    descriptors: int
    threads: int
    children: int
    tunnels: int
    sockets: int
    """Files in the worker's runtime folder, its sockets among them."""

    def within(self, before: "Footprint") -> bool:
        """Whether nothing is held that was not before."""
        return all(now <= then for now, then in zip(self, before, strict=True))


def footprint(laptop: Laptop) -> Footprint:
    """Return what the laptop's worker holds now."""
    pid = laptop.worker()
    process = Path(f"/proc/{pid}")
    children = process.joinpath(f"task/{pid}/children").read_text().split()
    return Footprint(
        descriptors=len(os.listdir(process / "fd")),
        threads=len(os.listdir(process / "task")),
        children=len(children),
        tunnels=len(ssh_processes(laptop.home)),
        sockets=len(os.listdir(laptop.home / "run")),
    )


def memory(laptop: Laptop) -> float:
    """Return the resident memory of the laptop's worker in MiB."""
    status = Path(f"/proc/{laptop.worker()}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


async def settled(laptop: Laptop, before: Footprint) -> None:
    """Wait until the worker holds no more than before; fails when it goes on to."""
    for _ in range(int(SETTLE_SECONDS / LOOK_SECONDS)):
        if footprint(laptop).within(before):
            return
        await asyncio.sleep(LOOK_SECONDS)
    assert footprint(laptop) == before, f"{laptop.home.name} holds more than before"
