"""A launch looks into its job's folder often while something happens, and rarely while a long set-up runs."""

import asyncio
from itertools import pairwise

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import GivenUp
from jupystra_tui.model import JobState
from jupystra_tui.worker import launcher
from jupystra_tui.worker.folder_poll_pace import FolderPollPace

from .launches import Cluster7, Submitted, Tunnels, launch, run


@pytest.fixture(autouse=True)
def _submitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "Submitter", Submitted)


async def follow(cluster: Cluster7, seconds: float) -> "asyncio.Task[None]":
    """Follow a launch for so long, in seconds of the jumping clock."""
    _, task = launch(cluster)
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
        pauses = [after - before for before, after in pairwise(cluster.looks)]
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
            one, task = launch(cluster)
            await asyncio.sleep(3600.0)
            began = asyncio.get_running_loop().time()
            if leaving:
                one.leave()
            else:
                await cluster.watcher.tell(state=JobState.FAILED, word="FAILED")
            await task
            assert one.shown.problem
            assert asyncio.get_running_loop().time() - began < 1.0

    run(story())


def test_a_launch_that_is_given_up_names_its_job() -> None:
    async def story() -> None:
        one, task = launch(Cluster7(), Tunnels(GivenUp("Cancelled", "Nothing more is sent.")))
        await task
        assert one.shown.problem
        assert (
            one.shown.problem.hint
            == "Nothing more is sent. Job 7 continues: connect to it later, or kill it."
        )

    run(story())


def test_the_pause_is_an_eighth_of_the_time_since_the_last_change() -> None:
    pace = FolderPollPace(floor=20.0, longest=30.0, changed_at=100.0)
    assert [pace.pause(at) for at in (100.0, 108.0, 140.0, 161.0, 500.0)] == [0.25, 1.0, 5.0, 20.0, 30.0]
    pace.changed(500.0)
    assert pace.pause(501.0) == 0.25
    assert FolderPollPace(floor=1.0, longest=2.0, changed_at=0.0).pause(500.0) == 10.0
