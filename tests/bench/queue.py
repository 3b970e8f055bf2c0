"""A queue of 1,000 and of 100,000 jobs: reading it, and swapping it into the table."""

import asyncio
import statistics
import time
from collections.abc import Callable

from msgspec.structs import replace

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Job, JobState, Session, SessionPhase, Snapshot
from jupystra_tui.protocol import SessionChanged, SnapshotTaken
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.ui.app import JupystraApp

SMALL, LARGE, ROUNDS = 1_000, 100_000, 5
MARK = "0123456789abcdef"


def report() -> None:
    """Print medians, and how much longer a job takes in the large queue."""
    for name, measure in (("read", _read), ("swap into the table", _swap)):
        small, large = measure(SMALL), measure(LARGE)
        grows = large / small * SMALL / LARGE
        times = f"{small * 1000:.1f} ms for {SMALL}, {large * 1000:.0f} ms for {LARGE} jobs"
        print(f"{name}: {times}, {grows:.2f} times a job")


def _read(count: int) -> float:
    dates = "2026-01-01T00:00:00"
    fields = [
        "RUNNING",
        "None",
        "short",
        dates,
        "1:00:00",
        "2:00:00",
        "1:00:00",
        "4",
        "8G",
        "c1",
        "lab",
        "N/A",
        dates,
    ]
    row = "\x1f".join(fields)
    text = "".join(f"\x1e{MARK}\x1f{n}\x1f{n}\x1f{row}\x1fjob-{n}\n" for n in range(count)).encode()
    return _median(lambda: SLURM.queue.parse_list(text, MARK))


def _swap(count: int) -> float:
    return asyncio.run(_swap_in_app(count))


async def _swap_in_app(count: int) -> float:
    cluster = Cluster("bench", "bench")
    app = JupystraApp(Config(), cluster)
    jobs = tuple(
        Job(str(n), str(n), f"job-{n}", JobState.RUNNING, queue="short", node="c1") for n in range(count)
    )
    others = tuple(replace(job, node="c2") for job in jobs)
    async with app.run_test(size=(120, 40)) as pilot:
        app.attach = lambda: None  # type: ignore[method-assign]
        app.take_event(SessionChanged(Session(cluster, SessionPhase.UP)))
        app.ready = True
        held = []
        for turn in range(ROUNDS * 2):
            began = time.perf_counter()
            app.take_event(SnapshotTaken(Snapshot("bench", time.time(), others if turn % 2 else jobs)))
            held.append(time.perf_counter() - began)
            await pilot.pause()
    return statistics.median(held)


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
