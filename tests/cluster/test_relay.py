"""Tunnels by way of an ssh on the login node: at a port that was asked for (-r), or where nodes let only that in."""

import asyncio

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Cluster

from .. import ordering
from ..front_end import SMALL, FrontEnd, attached, kill_worker
from . import browser
from .site import Site
from .stories import listening, listening_at, squat, state
from .wait import until

OWN_KEY = (
    "ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519 && cat .ssh/id_ed25519.pub >>.ssh/authorized_keys"
)
PORT = 18777
WORDS = "-r", str(PORT), "-W", "0:10:00", "-R", "500M"


@pytest.fixture
def own_key(site: Site) -> None:
    """Let the login node's own ssh into the compute nodes, as most sites do."""
    site.as_user(OWN_KEY)


@pytest.fixture
def relayed(cluster: Cluster) -> Cluster:
    return replace(cluster, route="relay")


async def tidy(site: Site) -> None:
    """Wait until nothing of ours is left on the login node."""

    def left() -> bool:
        folders = "jupystra." in site.run("login", "ls", "/tmp").stdout
        return folders or "ssh -N" in site.run("login", "ps", "-eo", "args").stdout

    await asyncio.to_thread(until, lambda: not left(), "the login node to be tidy")


@pytest.mark.usefixtures("own_key")
async def test_a_port_of_the_login_node_carries_the_tunnel(dashboard: FrontEnd, site: Site) -> None:
    launch = await ordering.started(dashboard, *WORDS)
    assert launch.ready, launch.problem
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    assert tunnel.route == (f"login:{PORT}", "n1")
    assert listening(site, "login", PORT)
    assert listening_at(site, "login", PORT) == {f"127.0.0.1:{PORT}"}
    assert browser.get(await dashboard.url(tunnel.id), "/api/status")
    await dashboard.client.request(protocol.Disconnect(tunnel.id))
    await asyncio.to_thread(until, lambda: not listening(site, "login", PORT), "the port to be free again")
    await tidy(site)
    assert state(site, launch.job) == "RUNNING"


async def test_a_port_of_the_login_node_that_is_taken_is_named_before_a_job_is_sent(
    dashboard: FrontEnd, site: Site
) -> None:
    await asyncio.to_thread(squat, site, "login", PORT)
    launch = await ordering.started(dashboard, *WORDS)
    assert launch.problem
    assert launch.problem.title == f"Port {PORT} on the login node is in use"
    assert site.as_user("squeue -h --me -t PD,R").stdout == ""


@pytest.mark.usefixtures("closed_nodes", "worker")
async def test_nodes_that_let_only_the_login_node_in_are_reached_through_it(
    relayed: Cluster, site: Site
) -> None:
    async with attached(relayed) as front_end:
        await front_end.log_in()
        launch = await front_end.launch()
        assert launch.ready, launch.problem
        url = await front_end.url(launch.tunnel)
        assert await asyncio.to_thread(browser.run_in_kernel, url, "6*7") == "42"
        places = "stat -c '%a %U %F' /tmp/jupystra.* /tmp/jupystra.*/[0-9]*"
        assert site.run("login", "sh", "-c", places).stdout == "700 ada directory\n600 ada socket\n"
        await front_end.until(
            lambda: (one := front_end.tunnel(launch.tunnel)) and one.received and one.sent and one,
            "the bytes that were carried",
            30,
        )


@pytest.mark.usefixtures("closed_nodes", "worker")
async def test_a_killed_worker_leaves_nothing_on_the_login_node(relayed: Cluster, site: Site) -> None:
    async with attached(relayed) as front_end:
        await front_end.log_in()
        launch = await front_end.launch()
        assert launch.ready, launch.problem
        kill_worker()
        await front_end.until(lambda: front_end.lost, "the loss to be noticed")
    await tidy(site)


@pytest.mark.usefixtures("closed_nodes", "worker")
async def test_after_a_break_the_same_port_serves_again(relayed: Cluster, site: Site) -> None:
    async with attached(relayed) as front_end:
        await front_end.log_in()
        launch = await front_end.launch(replace(SMALL, local_port=ordering.free_port()))
        before = await front_end.until(lambda: front_end.tunnel(launch.tunnel), "the tunnel")
        site.kill_sessions("login")
        await front_end.until(lambda: not front_end.tunnel(launch.tunnel), "the break")
        tunnel = await front_end.until(lambda: front_end.tunnel(launch.tunnel), "the tunnel again", 30.0)
        assert tunnel.local_port == before.local_port
        assert browser.get(await front_end.url(tunnel.id), "/api/status")


async def test_a_login_node_that_the_node_does_not_let_in_is_told_from_other_faults(
    dashboard: FrontEnd, site: Site
) -> None:
    launch = await ordering.started(dashboard, *WORDS)
    assert launch.problem
    assert launch.problem.title == "n1 does not accept the login node without a prompt"
    await tidy(site)
