"""Other jobs of the same user, so that the practice cluster does not look empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jupystra_tui.demo.demo_job import Array, DemoJob, DemoReason, DemoRequest, DemoState
from jupystra_tui.demo.demo_queue import DemoQueue

MINUTE = 60
RUNNING, WAITING, AT_ONCE = (0, 1), (2, 3, 4, 5), 2
SLEEP = "#!/bin/sh\nexec sleep 1000000\n"


def populate(queue: DemoQueue, home: str, environment: Mapping[str, str]) -> None:
    """Add a job that finished, one that failed, one that runs on, and an array of which two tasks run."""
    now = queue.clock()

    def add(request: DemoRequest, start: float, end: float | None = None, **fields: Any) -> None:
        """Add a job that started, and perhaps ended, that many minutes ago."""
        started, ended = now - start * MINUTE, None if end is None else now - end * MINUTE
        asked = started - MINUTE
        queue.adopt(lambda id: DemoJob(id, request, asked, asked, started=started, ended=ended, **fields))

    plain = DemoRequest("align-reads", "short", SLEEP, home, "/dev/null", environment=environment)
    plain = replace(plain, account="training", qos="normal", minutes=120)
    add(plain, start=63, end=2, state=DemoState.COMPLETED, node="p1")

    failed = {"state": DemoState.FAILED, "reason": DemoReason.NONZERO_EXIT, "exit_code": 3}
    add(replace(plain, name="import-plates"), start=9, end=1, node="p1", **failed)

    train = replace(plain, name="train-unet", partition="gpu", minutes=480, gres="gpu:1", gpus=1)
    add(train, start=107, state=DemoState.RUNNING, node="p2")

    sweep = replace(plain, name="sweep", minutes=240)
    submitted = now - 22 * MINUTE
    array = queue.adopt(
        lambda id: DemoJob(id, sweep, submitted, submitted, array=Array(id, WAITING, AT_ONCE))
    )
    for task in RUNNING:
        ran = Array(array, (task,), AT_ONCE, waiting=False)
        add(sweep, start=21, state=DemoState.RUNNING, node="p1", array=ran)
