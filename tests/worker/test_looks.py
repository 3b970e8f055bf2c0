"""A launch looks into its job's folder often while something happens, and rarely while a long set-up runs."""

import asyncio
import selectors
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import LaunchError
from jupystra_tui.model import Cluster, Job, JobRequest, JobState, Snapshot
from jupystra_tui.schedulers.slurm import Slurm
from jupystra_tui.ssh.shell import Result
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.launcher import Launcher
from jupystra_tui.worker.looks import LookPace
from jupystra_tui.worker.sending import Sending

SENDING = Sending("t1", "/home/ada/.jupystra/jobs/t1/jupyter.log", "#!/bin/bash\n")


class _Jump(selectors.SelectSelector):
    """Waits for nothing: a wait that nothing ends moves the clock on."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose seconds pass as soon as everybody waits for them."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    def time(self) -> float:
        return self._jump.now


def run(story: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(story)


class Watcher:
    """A queue with one job, looked at every 30 s."""

    def __init__(self) -> None:
        self.news = asyncio.Condition()
        self.snapshot = Snapshot("hpc", 1.0)
        self.seen = Job("7", "7", "lab", JobState.PENDING)

    def job(self, key: str) -> Job:
        return self.seen

    def acted(self) -> None:
        pass

    async def tell(self, **changes: Any) -> None:
        self.seen = replace(self.seen, **changes)
        async with self.news:
            self.news.notify_all()

    async def poll(self) -> None:
        while True:
            await asyncio.sleep(30.0)
            await self.tell()


class Cluster7:
    """A session whose job 7 is in its set-up: it has a node, and no server. `looks` are the times of the looks."""

    def __init__(self, node: str = "n1") -> None:
        self.cluster = Cluster("hpc", "hpc.example.org")
        self.site = SimpleNamespace(scheduler=Slurm())
        self.watcher = Watcher()
        self.node = node
        self.looks: list[float] = []

    async def until_up(self) -> None:
        pass

    async def connection(self) -> Any:
        raise AssertionError("no log is there to be read")

    async def run(self, script: str, limit: float = 25.0) -> Result:
        self.looks.append(asyncio.get_running_loop().time())
        mark = script.split("\\036%sfolder")[1].split()[1]
        return Result(0, f"\x1e{mark}folder\x1ft1\x1f7\x1f{self.node}\x1f\n".encode(), b"")


class Tunnels:
    async def reach(self, *_: Any) -> Any:
        return SimpleNamespace(shown=SimpleNamespace(id="1", node="n1", ready=False))

    async def close(self, name: str) -> None:
        pass


def waiting(cluster: Cluster7) -> Launcher:
    launcher = Launcher(cluster, JobRequest(), SENDING, Hub(), Tunnels())  # type: ignore[arg-type]
    launcher._told.show(job="7")
    return launcher


async def follow(cluster: Cluster7, seconds: float) -> asyncio.Task[Any]:
    """Follow a launch for so long, in seconds of the jumping clock."""
    task = asyncio.ensure_future(waiting(cluster)._wait())
    poll = asyncio.ensure_future(cluster.watcher.poll())
    await asyncio.sleep(seconds)
    poll.cancel()
    return task


def test_a_set_up_of_40_minutes_is_looked_at_less_and_less_often() -> None:
    async def story() -> None:
        cluster = Cluster7()
        cluster.watcher.seen = replace(cluster.watcher.seen, state=JobState.RUNNING, node="n1")
        task = await follow(cluster, 2400.0)
        task.cancel()
        pauses = [after - before for before, after in zip(cluster.looks, cluster.looks[1:], strict=False)]
        assert pauses[0] <= 0.3
        assert min(pause for at, pause in zip(cluster.looks, pauses, strict=False) if at > 61.0) >= 10.0
        assert 40 < len(cluster.looks) < 160

    run(story())


def test_a_job_that_starts_after_an_hour_is_noticed_with_the_queue() -> None:
    async def story() -> None:
        cluster = Cluster7(node="")
        task = await follow(cluster, 3600.0)
        before = len(cluster.looks)
        assert before < 400
        cluster.node = "n1"
        await cluster.watcher.tell(state=JobState.RUNNING, node="n1")
        await asyncio.sleep(1.0)
        assert 2 < len(cluster.looks) - before <= 6
        task.cancel()

    run(story())


def test_a_launch_that_is_left_or_whose_job_ends_does_not_wait_for_the_next_look() -> None:
    async def story() -> None:
        for leaving in (True, False):
            cluster = Cluster7(node="")
            launcher = waiting(cluster)
            task = asyncio.ensure_future(launcher._wait())
            await asyncio.sleep(3600.0)
            began = asyncio.get_running_loop().time()
            if leaving:
                launcher.leave()
            else:
                await cluster.watcher.tell(state=JobState.FAILED, word="FAILED")
            with pytest.raises(LaunchError):
                await task
            assert asyncio.get_running_loop().time() - began < 1.0

    run(story())


def test_the_pause_is_an_eighth_of_the_time_since_the_last_change() -> None:
    pace = LookPace(floor=20.0, longest=30.0, changed_at=100.0)
    assert [pace.pause(at) for at in (100.0, 108.0, 140.0, 161.0, 500.0)] == [0.25, 1.0, 5.0, 20.0, 30.0]
    pace.changed(500.0)
    assert pace.pause(501.0) == 0.25
    assert LookPace(floor=1.0, longest=2.0, changed_at=0.0).pause(500.0) == 10.0
