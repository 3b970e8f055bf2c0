"""The connect script on a real cluster: from any computer, by either route, to where the server is now."""

import asyncio
import re
import socket
from pathlib import Path

import pytest

from jupystra_tui.errors import NoServerError

from ..connecting import connected, made, refused
from ..front_end import FrontEnd
from ..ordering import free_port
from . import browser
from .site import Site
from .stories import state
from .wait import until


def folder(site: Site) -> Path:
    """The folder of the one job there was."""
    [found] = (site.home / ".jupystra/jobs").iterdir()
    return found


async def token(dashboard: FrontEnd, tunnel: str) -> str:
    return (await dashboard.url(tunnel)).partition("token=")[2]


async def test_it_reaches_the_server_and_leaves_nothing(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch()
    secret = await token(dashboard, launch.tunnel)
    script = await made(dashboard, launch.job)
    assert script == Path(dashboard.launches[launch.id].script), "a launch writes it by itself"
    assert script.stat().st_mode & 0o777 == 0o700
    assert secret not in script.read_text()
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = squatter.getsockname()[1]
        async with connected("dash", script, "-L", str(port)) as running:
            [used] = re.findall(rf"http://127\.0\.0\.1:(\d+)/\?token={secret}", running.url)
            assert int(used) > port
            assert browser.get(running.url, "/api/status")
    assert f"Port {port} is taken on this computer; {used} serves." in running.said


@pytest.mark.usefixtures("closed_nodes")
@pytest.mark.parametrize(("shell", "words"), [("bash", ()), ("dash", ("-c", "ada"))])
async def test_nodes_that_take_no_login_from_outside_are_reached_by_the_login_node(
    dashboard: FrontEnd, site: Site, shell: str, words: tuple[str, ...]
) -> None:
    job = await submitted(dashboard)
    async with connected(shell, await made(dashboard, job), "-L", str(free_port()), *words) as running:
        assert browser.get(running.url, "/api/status")
        listing = site.run("login", "sh", "-c", "stat -c '%a %U %F' /tmp/jupystra.* /tmp/jupystra.*/s").stdout
        assert listing == "700 ada directory\n600 ada socket\n"
    assert ("takes no login from here" in running.said) == (words == ())
    await asyncio.to_thread(
        until, lambda: "jupystra." not in site.run("login", "ls", "/tmp").stdout, "the login node to be tidy"
    )
    assert "ssh -f" not in site.run("login", "ps", "-eo", "args").stdout


async def test_a_login_node_that_cannot_enter_the_node_keeps_nothing(dashboard: FrontEnd, site: Site) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    status, said = await refused("dash", script, "-c")
    assert (status, "cannot reach n1 by ssh" in said) == (1, True)
    assert "jupystra." not in site.run("login", "ls", "/tmp").stdout


async def submitted(dashboard: FrontEnd) -> str:
    """Start a server to which the dashboard itself finds no way, and return its job."""
    launch = await dashboard.launch()
    await dashboard.until(lambda: dashboard.snapshot.servers, "the server")
    return launch.job


async def test_a_job_that_was_requeued_is_found_on_its_new_node(dashboard: FrontEnd, site: Site) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    job, node = launch.job, folder(site) / "node"
    site.run("login", "scontrol", "requeue", job)
    until(lambda: state(site, job) == "PENDING", "the job to wait")
    status, said = await refused("dash", script)
    assert (status, f"job {job} waits in the queue of hpc" in said) == (3, True)
    site.run("login", "scontrol", "update", f"JobId={job}", "ReqNodeList=n2", "StartTime=now")
    until(lambda: node.read_text() == "n2\n" and [*folder(site).glob("runtime/jp*.json")], "the server", 40)
    async with connected("bash", script, "-L", str(free_port())) as running:
        assert browser.get(running.url, "/api/status")
    assert f"Connected to job {job} on n2." in running.said


async def test_what_it_cannot_do_it_says(dashboard: FrontEnd, site: Site) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    [told] = folder(site).glob("runtime/jpserver-*.json")
    real = told.read_text()
    told.write_text(real.replace(await token(dashboard, launch.tunnel), "another"))
    _, said = await refused("dash", script)
    assert "of n1 is used by another user" in said
    told.write_text("")
    status, said = await refused("bash", script)
    assert (status, f"the server of job {launch.job} is still starting on n1" in said) == (3, True)
    await dashboard.kill(launch.job)
    await dashboard.until(lambda: (job := dashboard.job(launch.job)) and job.state.finished, "the end")
    status, said = await refused("dash", script)
    assert (status, f"job {launch.job} on hpc has ended" in said) == (3, True)


async def test_without_scheduler_and_folder_it_goes_where_the_server_was(
    dashboard: FrontEnd, site: Site
) -> None:
    launch = await dashboard.launch()
    script = await made(dashboard, launch.job)
    folder(site).rename(site.home / "away")
    site.slurmctld("stop")
    port = free_port()
    async with connected("dash", script, "-L", str(port)) as running:
        assert running.url == f"http://127.0.0.1:{port}/"
    assert "does not report the state of job" in running.said
    assert "trying where its server was" in running.said


async def test_a_job_without_a_server_gets_none(dashboard: FrontEnd) -> None:
    with pytest.raises(NoServerError, match="knows no job 999"):
        await made(dashboard, "999")
