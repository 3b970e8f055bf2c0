"""How long a poll of 100,000 jobs keeps the worker's event loop from doing anything else."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker import watcher
from tests.worker.test_watcher import MARK, Login, longest_stop, read_before

JOBS, POLLS = 100_000, 3


def report() -> None:
    """Print the longest stop of the loop with the reading beside it, and with the reading in it."""
    beside, inside = asyncio.run(_stop(in_thread)), asyncio.run(_stop(_at_once))
    print(
        f"a poll of {JOBS} jobs holds the loop for {beside * 1000:.0f} ms; read in it {inside * 1000:.0f} ms"
    )


async def _at_once(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


async def _stop(runs: Any) -> float:
    """Return the median of the longest stop in each poll, in seconds, garbage collection aside."""
    login = Login()
    login.jobs = {str(n): ("RUNNING" if n % 3 else "PENDING", f"job {n}") for n in range(JOBS)}
    login.run = read_before(login._listed(MARK).encode())  # type: ignore[method-assign]
    login.watcher._hub.publish = lambda event: None  # type: ignore[method-assign]
    gc.collect()
    gc.disable()
    stops = []
    try:
        with patch.object(watcher, "in_thread", runs), patch("secrets.token_hex", lambda nbytes=None: MARK):
            for _ in range(POLLS):
                login.watcher.start()
                async with longest_stop() as found:
                    await login.poll()
                stops += found
            await login.watcher.aclose()
    finally:
        gc.enable()
    return sorted(stops)[len(stops) // 2]
