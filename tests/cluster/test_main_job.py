"""The main job on a real Slurm: start a server, work in it, come back tomorrow or from elsewhere, kill it."""

import asyncio
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from jupystra_tui import protocol
from jupystra_tui.model import Cluster, JobState, TunnelState

from ..front_end import SMALL, FrontEnd, attached, kill_worker, ssh_processes
from ..ordering import free_port
from . import browser
from .site import Site
from .wait import until


async def test_from_nothing_to_six_times_seven(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch()
    assert launch.ready, launch.problem
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    assert tunnel.node == "n1"
    url = await dashboard.url(tunnel.id)
    assert url.startswith(f"http://127.0.0.1:{tunnel.local_port}/?token=")
    assert await asyncio.to_thread(browser.run_in_kernel, url, "6*7") == "42"
    await dashboard.until(
        lambda: (dashboard.tunnel(tunnel.id) or tunnel).kernels == 1, "the kernel on screen"
    )
    assert dashboard.prompts == []


async def test_the_page_opens_in_a_browser(dashboard: FrontEnd) -> None:
    if browser.CHROMIUM is None and os.environ.get("JUPYSTRA_TEST_CLUSTER") != "required":
        pytest.skip("Chromium is not installed")
    launch = await dashboard.launch()
    page = await asyncio.to_thread(browser.open_page, await dashboard.url(launch.tunnel))
    assert "jp-Launcher" in page


async def test_the_tunnel_outlives_the_window(dashboard: FrontEnd, cluster: Cluster) -> None:
    launch = await dashboard.launch()
    before = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    await dashboard.client.aclose()
    async with attached(cluster) as tomorrow:
        tunnel = await tomorrow.until(lambda: tomorrow.tunnel(launch.tunnel), "the tunnel")
        assert tunnel.since == before.since, "it was up all the time"
        assert browser.get(await tomorrow.url(tunnel.id), "/api/status")


async def test_a_killed_worker_leaves_no_ssh_and_the_cluster_alone_tells_of_the_server(
    dashboard: FrontEnd, cluster: Cluster, worker: Path
) -> None:
    port = free_port()
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, local_port=port))
    assert len(ssh_processes(worker)) == 1
    kill_worker()
    await dashboard.until(lambda: dashboard.lost, "the loss to be noticed")
    await asyncio.to_thread(until, lambda: not ssh_processes(worker), "ssh to end")
    async with attached(cluster) as again:
        await again.log_in()
        tunnel = await again.connect(launch.job)
        assert tunnel.local_port == port
        assert browser.get(await again.url(tunnel.id), "/api/status")


async def test_another_laptop_finds_the_server_too(
    dashboard: FrontEnd, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = await dashboard.launch()
    here = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    with TemporaryDirectory(prefix="jl-") as other:
        monkeypatch.setenv("JUPYSTRA_HOME", other)
        async with attached(cluster) as elsewhere:
            try:
                await elsewhere.log_in()
                tunnel = await elsewhere.connect(launch.job)
                assert tunnel.local_port != here.local_port
                assert browser.get(await elsewhere.url(tunnel.id), "/api/status")
            finally:
                await elsewhere.client.stop_running()


async def test_a_local_port_that_is_taken_is_left_alone(dashboard: FrontEnd) -> None:
    port = free_port()
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, local_port=port))
    await dashboard.client.request(protocol.Disconnect(launch.tunnel))
    squatter = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
    async with squatter:
        tunnel = await dashboard.connect(launch.job)
        assert tunnel.local_port > port
        assert browser.get(await dashboard.url(tunnel.id), "/api/status")


async def test_kill_ends_the_job_and_its_tunnel(dashboard: FrontEnd, worker: Path) -> None:
    launch = await dashboard.launch()
    await dashboard.kill(launch.job)

    def cancelled() -> bool:
        job = dashboard.job(launch.job)
        return job is not None and job.state is JobState.CANCELLED

    await dashboard.until(cancelled, "the job to be cancelled")
    await dashboard.until(
        lambda: all(one.state is TunnelState.ENDED for one in dashboard.tunnels), "the tunnel to close"
    )
    assert ssh_processes(worker) == []


async def test_two_servers_side_by_side(dashboard: FrontEnd) -> None:
    first, second = await asyncio.gather(dashboard.launch(), dashboard.launch())
    assert first.ready
    assert second.ready
    ports = {one.local_port for one in dashboard.tunnels}
    assert len(ports) == 2
    assert {first.job, second.job} == {one.job for one in dashboard.tunnels}


async def test_a_login_shell_of_another_kind_is_no_trouble(site: Site, tess: str, worker: Path) -> None:
    cluster = Cluster("hpc", "hpc-tess", ssh_config=str(site.ssh_config), poll=2.0, poll_floor=1.0)
    async with attached(cluster) as front_end:
        session = await front_end.log_in()
        assert session.user == tess
        launch = await front_end.launch()
        assert launch.ready, launch.problem


async def test_set_up_commands_run_first_in_a_folder_of_ones_own(dashboard: FrontEnd, site: Site) -> None:
    request = msgspec.structs.replace(
        SMALL, setup=("mkdir -p 'my work'", "export ANSWER=42"), folder="~/my work"
    )
    launch = await dashboard.launch(request)
    assert launch.ready, launch.problem
    url = await dashboard.url(launch.tunnel)
    assert await asyncio.to_thread(
        browser.run_in_kernel, url, "import os; os.getcwd(), os.environ['ANSWER']"
    ) == (f"('{site.as_user('cd; pwd').stdout.strip()}/my work', '42')")
