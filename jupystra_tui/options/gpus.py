"""GPUs as the options and the sites write them: `2`, `a100:2`, and `a100:4,v100:2` for what nodes have."""

import re
from typing import NamedTuple

_GPUS = re.compile(r"(?:(?P<kind>(?=[\w.+-]*[A-Za-z_])\w[\w.+-]*):)?(?P<count>\d{1,4})", re.ASCII)


class Gpus(NamedTuple):
    """A number of GPUs of one type; an empty type is any."""

    kind: str
    number: int


def read_gpus(text: str) -> Gpus | None:
    """Return what `2` or `a100:2` says, None for anything else."""
    match = _GPUS.fullmatch(text)
    return Gpus(match["kind"] or "", int(match["count"])) if match else None


def node_has(wanted: Gpus, offered: str) -> bool:
    """Return whether a node may have that many GPUs, where nodes of a partition have `offered`.

    Several types may or may not share a node: their sum counts for any type. What cannot be read refuses nothing.
    """
    parts = [read_gpus(part) for part in filter(None, offered.split(","))]
    counts: dict[str, int] = {}
    for part in parts:
        if part is None:
            return True
        counts[part.kind.lower()] = part.number
    if wanted.kind:
        return counts.get(wanted.kind.lower(), counts.get("", 0)) >= wanted.number
    return sum(counts.values()) >= wanted.number
