"""The laptop's clock is set while the worker runs: it goes on as before."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import Cluster, TunnelState

from ..front_end import FrontEnd, attached

DAY = 86400.0
WATCH = """
import pathlib, time
_true = time.time
_file = pathlib.Path({file!r})
time.time = lambda: _true() + float(_file.read_text())
"""


@pytest.fixture
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2) as cluster:
        yield cluster


@pytest.fixture
def set_clock(
    practice: PracticeCluster, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], None]:
    """Move the wall clock of the worker by seconds; its monotonic clock goes on, and so do the cluster's."""
    folder, file = laptop / "watch", laptop / "seconds"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH.format(file=str(file)))
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def move(seconds: float) -> None:
        new = laptop / "seconds.new"
        new.write_text(str(seconds))
        new.rename(file)

    move(0)
    return move


@pytest.fixture
async def dashboard(
    set_clock: Callable[[float], None], practice: PracticeCluster, worker: Path
) -> AsyncIterator[FrontEnd]:
    cluster = Cluster(
        "practice", practice.alias, ssh_config=str(practice.ssh_config), poll=1.0, poll_floor=0.5
    )
    async with attached(cluster) as front_end:
        await front_end.log_in()
        yield front_end


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
async def test_a_day_more_or_less_breaks_neither_polls_nor_launches(
    dashboard: FrontEnd, set_clock: Callable[[float], None], jump: float
) -> None:
    await dashboard.until(lambda: abs(dashboard.snapshot.taken - time.time()) < 60, "a snapshot of now")
    set_clock(jump)
    for _ in range(2):
        before = dashboard.snapshot
        await dashboard.until(lambda seen=before: dashboard.snapshot is not seen, "the next poll")  # type: ignore[misc]
    assert abs(dashboard.snapshot.taken - (time.time() + jump)) < 60
    launch = await dashboard.launch()
    assert launch.problem is None
    assert all(0 <= step.ended - step.began < 60 for step in launch.steps if step.ended)
    set_clock(0)
    tunnel = await dashboard.connect(launch.job)
    assert (tunnel.state, tunnel.ready) == (TunnelState.UP, True)
