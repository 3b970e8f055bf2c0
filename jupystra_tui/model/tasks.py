"""Sets of array tasks as schedulers write them: `0-3,8`."""

import re
from collections.abc import Iterable

MOST = 4_000_001
"""More tasks than this no scheduler allows in one array."""
_PART = re.compile(r"(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?", re.ASCII)


def parse_tasks(text: str) -> frozenset[int] | None:
    """Return the tasks of `3`, `0-3,8` or `1-9:4`; None for what is no set of tasks of an array."""
    tasks: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first, last, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
        if step == 0 or last < first or (last - first) // step >= MOST:
            return None
        tasks.update(range(first, last + 1, step))
    return frozenset(tasks)


def show_tasks(tasks: Iterable[int]) -> str:
    """Return `0-3,8` for these tasks."""
    spans: list[list[int]] = []
    for task in sorted(tasks):
        if spans and task == spans[-1][1] + 1:
            spans[-1][1] = task
        else:
            spans.append([task, task])
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)
