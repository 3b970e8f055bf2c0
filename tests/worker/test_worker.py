"""The worker as front ends know it, with the practice cluster: what ends, what follows, what comes back."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from jupystra_tui import protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.errors import ConfigError, JupystraError
from jupystra_tui.frontend.client import Client
from jupystra_tui.frontend.worker_process import NotRunning
from jupystra_tui.model import Cluster, Launch, SessionPhase, StepName, StepState, TunnelState

from ..front_end import SMALL, FrontEnd, attached, ssh_processes, worker_pid
from ..ordering import free_port

SLOW = msgspec.structs.replace(SMALL, setup=("sleep 60",))


@pytest.fixture
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2) as cluster:
        yield cluster


@pytest.fixture
def cluster(practice: PracticeCluster) -> Cluster:
    return Cluster("practice", practice.alias, ssh_config=str(practice.ssh_config), poll=1.0, poll_floor=0.5)


@pytest.fixture
async def dashboard(cluster: Cluster, worker: Path) -> AsyncIterator[FrontEnd]:
    async with attached(cluster) as front_end:
        await front_end.log_in()
        yield front_end


def assert_one_step_at_a_time(progress: list[Launch]) -> None:
    """Fail if two steps of a launch were current at once, came in another order, or said the same."""
    current = [[step.name for step in shown.steps if step.state is StepState.NOW] for shown in progress]
    assert max(map(len, current)) == 1
    assert list(dict.fromkeys(name for names in current for name in names))[-3:] == [
        StepName.START, StepName.TUNNEL, StepName.ANSWER
    ]  # fmt: skip
    steps = progress[-1].steps
    assert len({step.text for step in steps}) == len(steps)
    assert all(earlier.ended <= later.ended for earlier, later in itertools.pairwise(steps))


async def test_a_server_that_moved_to_another_node_is_followed_on_the_same_port(
    dashboard: FrontEnd, practice: PracticeCluster, worker: Path
) -> None:
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, local_port=free_port()))
    before = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    practice.fail_node(before.node, requeue_seconds=0.5)
    after = await dashboard.until(
        lambda: (tunnel := dashboard.tunnel(launch.tunnel)) and tunnel.node != before.node and tunnel,
        "the move",
        30,
    )
    assert after.local_port == before.local_port
    assert len(ssh_processes(worker)) == 1


async def test_another_way_to_the_same_name_ends_no_session_that_lives(
    dashboard: FrontEnd, cluster: Cluster
) -> None:
    launch = await dashboard.launch()
    await dashboard.client.request(protocol.Login(msgspec.structs.replace(cluster, ssh_config="")))
    assert await dashboard.url(launch.tunnel)
    elsewhere = msgspec.structs.replace(cluster, ssh_config="none")
    with pytest.raises(ConfigError, match=r"practice is logged in already, as .* at .*, with the ssh conf"):
        await dashboard.client.request(protocol.Login(elsewhere))
    assert await dashboard.url(launch.tunnel)
    assert dashboard.session
    assert dashboard.session.cluster == cluster
    await dashboard.client.request(protocol.Logout(cluster.name))
    await dashboard.client.request(protocol.Login(elsewhere))

    def refused() -> bool:
        session = dashboard.session
        return bool(session and session.cluster == elsewhere and session.phase is SessionPhase.DOWN)

    await dashboard.until(refused, "the host that only the other configuration knows")
    await dashboard.client.request(protocol.Login(cluster))
    await dashboard.until(
        lambda: dashboard.session and dashboard.session.phase is SessionPhase.UP, "the login"
    )


async def test_dropped_connections_come_back_with_their_tunnel(
    dashboard: FrontEnd, practice: PracticeCluster, worker: Path
) -> None:
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, local_port=free_port()))
    assert_one_step_at_a_time(dashboard.progress)
    port = (await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")).local_port
    for _ in range(2):
        practice.drop_connections()
        await dashboard.until(lambda: not dashboard.tunnel(launch.tunnel), "the break")
        again = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel to come back", 30)
        assert again.local_port == port
    assert len(ssh_processes(worker)) == 1


async def test_logging_out_ends_a_launch_that_is_under_way_and_its_job_goes_on(dashboard: FrontEnd) -> None:
    started = await dashboard.client.request(protocol.Start("practice", SLOW))
    job = await dashboard.until(lambda: dashboard.launches[started.launch].job, "the job")
    await dashboard.client.request(protocol.Logout("practice"))
    launch = await dashboard.until(
        lambda: dashboard.launches[started.launch] if dashboard.launches[started.launch].over else None,
        "the end",
    )
    assert launch.problem
    assert launch.problem.hint == "Its job, if there is one, continues."
    await dashboard.log_in()
    seen = await dashboard.until(lambda: dashboard.job(job), "the job")
    assert not seen.state.finished


async def test_a_tunnel_closed_while_it_opens_answers_whoever_waits(
    dashboard: FrontEnd, practice: PracticeCluster, worker: Path
) -> None:
    launch = await dashboard.launch()
    await dashboard.client.request(protocol.Disconnect(launch.tunnel))
    connecting = asyncio.create_task(dashboard.connect(launch.job))
    tunnel = await dashboard.until(
        lambda: next((one for one in dashboard.tunnels if one.state.opening), None),
        "the opening",
    )
    await dashboard.client.request(protocol.Disconnect(tunnel.id))
    with pytest.raises(JupystraError):
        async with asyncio.timeout(10):
            await connecting
    await dashboard.until(lambda: not dashboard.tunnels, "the tunnel to be gone")
    assert ssh_processes(worker) == []


async def test_a_worker_that_is_stopped_and_wanted_again_at_once_is_there(
    worker: Path, cluster: Cluster
) -> None:
    async with attached(cluster):
        first = worker_pid()
        stopping = asyncio.create_task(Client(lambda event: None, lambda: None).stop_running())
        await asyncio.sleep(0)
        async with attached(cluster) as again:
            await stopping
            if again.lost:
                await again.client.open()
            await again.log_in()
        assert worker_pid() != first


async def test_stop_leaves_no_worker_and_no_tunnel(dashboard: FrontEnd, worker: Path) -> None:
    await dashboard.launch()
    await dashboard.client.request(protocol.Stop())
    await dashboard.until(lambda: dashboard.lost, "the end")
    with pytest.raises(NotRunning):
        await Client(lambda event: None, lambda: None).open(start=False)
    assert ssh_processes(worker) == []


async def test_two_front_ends_see_the_same_and_one_may_leave(dashboard: FrontEnd, cluster: Cluster) -> None:
    async with attached(cluster) as other:
        launch = await dashboard.launch()
        assert await other.until(lambda: other.tunnel(launch.tunnel), "the tunnel")
    assert dashboard.session
    assert dashboard.session.phase is SessionPhase.UP
    await dashboard.kill(launch.job)
    await dashboard.until(
        lambda: all(one.state is TunnelState.ENDED for one in dashboard.tunnels), "the tunnel's end"
    )


async def test_a_key_file_that_cannot_be_read_is_passed_over(
    practice: PracticeCluster, cluster: Cluster, worker: Path
) -> None:
    odd = worker / "id_odd"
    odd.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END OPENSSH PRIVATE KEY-----\n")
    config = worker / "ssh_config"
    config.write_text(f"Host *\n  IdentityFile {odd}\nInclude {practice.ssh_config}\n")
    async with attached(msgspec.structs.replace(cluster, ssh_config=str(config))) as front_end:
        await front_end.log_in()
