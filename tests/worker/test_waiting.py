"""Before a job runs: a local port that is taken is refused before anything is sent, and a launch may be left."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, JobState

from ..front_end import SMALL, FrontEnd, attached


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=3600) as cluster:
        yield cluster


@pytest.fixture
async def dashboard(practice: PracticeCluster, worker: Path) -> AsyncIterator[FrontEnd]:
    cluster = Cluster(
        "practice", practice.alias, ssh_config=str(practice.ssh_config), poll=1.0, poll_floor=0.5
    )
    async with attached(cluster) as front_end:
        await front_end.log_in()
        yield front_end


async def test_a_local_port_that_is_taken_is_said_before_a_job_is_sent(dashboard: FrontEnd) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        wanted = replace(SMALL, local_port=port)
        shown = await dashboard.client.request(protocol.Preview("practice", wanted))
        assert isinstance(shown, protocol.Previewed)
        assert [(problem.title, problem.field) for problem in shown.problems] == [
            (f"Port {port} on this laptop is in use", "local_port")
        ]
        with pytest.raises(JupystraError, match=f"Port {port} on this laptop is in use"):
            await dashboard.client.request(protocol.Start("practice", wanted))
    shown = await dashboard.client.request(protocol.Preview("practice", wanted))
    assert isinstance(shown, protocol.Previewed)
    assert shown.problems == ()
    assert dashboard.launches == {}


async def test_a_launch_that_is_left_ends_and_its_job_waits_on(dashboard: FrontEnd) -> None:
    started = await dashboard.client.request(protocol.Start("practice", SMALL))
    job = await dashboard.until(lambda: dashboard.launches[started.launch].job, "the job")
    await dashboard.client.request(protocol.LeaveLaunch(started.launch))
    launch = await dashboard.until(
        lambda: dashboard.launches[started.launch] if dashboard.launches[started.launch].over else None,
        "the end",
    )
    assert launch.problem
    assert launch.problem.title == "The job is still pending, and this launch no longer follows it"
    seen = await dashboard.until(lambda: dashboard.job(job), "the job")
    assert seen.state is JobState.PENDING
    await dashboard.client.request(protocol.LeaveLaunch("none of that name"))
