"""Each flag of JupyStra on a real Slurm: from the command line to what the job, the server and you have."""

import asyncio
import re
from pathlib import Path

import msgspec
import pytest

from jupystra_tui import paths, protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, JobRequest

from .. import ordering
from ..front_end import FrontEnd
from . import browser
from .site import Site
from .stories import squat, state, submit

LOOK_AROUND = (
    "import os; [os.getcwd()] + [os.environ.get(name) for name in "
    "('ANSWER', 'LOGIN', 'SLURM_JOB_PARTITION', 'SLURM_CPUS_PER_TASK', 'SLURM_MEM_PER_NODE', 'XDG_RUNTIME_DIR')]"
)
BUSY = "-q", "tiny", "-c", "16"


@pytest.fixture
def cluster(cluster: Cluster) -> Cluster:
    defaults = JobRequest(walltime=600, memory=500, folder="~/elsewhere", setup=("export ANSWER=41",))
    return msgspec.structs.replace(cluster, defaults=defaults)


def job_of(site: Site, job: str) -> dict[str, str]:
    """What scontrol shows of a job, by name."""
    return dict(re.findall(r"(\S+?)=(\S*)", site.as_user(f"scontrol show job {job}").stdout))


async def test_the_job_is_asked_for_as_the_flags_say_and_the_server_runs_as_they_say(
    dashboard: FrontEnd, site: Site
) -> None:
    port = ordering.free_port()
    commands = ("mkdir -p work", "cd work", "export ANSWER=42", "shopt -q login_shell && export LOGIN=yes")
    launch = await ordering.started(
        dashboard, "-q", "tiny", "-W", "0:09:00", "-R", "1G", "-c", "2", "-o", "lab.out", "-p", "18765",
        "-L", str(port), "--no_script", "--cmds", *commands,
    )  # fmt: skip
    assert launch.ready, launch.problem
    seen = job_of(site, launch.job)
    asked = {"Partition": "tiny", "TimeLimit": "00:09:00", "NumCPUs": "2", "CPUs/Task": "2"}
    assert {name: seen[name] for name in asked} == asked
    assert (seen["MinMemoryNode"], seen["StdOut"]) == ("1G", f"/home/{site.user}/lab.out")
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    assert (tunnel.node, tunnel.remote_port, tunnel.local_port) == ("n2", 18765, port)
    url = await dashboard.url(tunnel.id)
    assert url.startswith(f"http://127.0.0.1:{port}/?token=")
    told = await asyncio.to_thread(browser.run_in_kernel, url, LOOK_AROUND)
    folder = f"/home/{site.user}/work"
    assert told == repr([folder, "42", "yes", "tiny", "2", "1024", None])
    assert "Jupyter Server" in (site.home / "lab.out").read_text()
    assert launch.script == ""
    assert not paths.scripts_folder().exists()


async def test_without_flags_it_is_as_the_cluster_has_it_and_a_script_is_written(
    dashboard: FrontEnd, site: Site
) -> None:
    (site.home / "elsewhere").mkdir(mode=0o777)
    launch = await ordering.started(dashboard, "-c", "1")
    assert launch.ready, launch.problem
    seen = job_of(site, launch.job)
    assert (seen["Partition"], seen["TimeLimit"], seen["MinMemoryNode"]) == ("short", "00:10:00", "500M")
    told = await asyncio.to_thread(browser.run_in_kernel, await dashboard.url(launch.tunnel), LOOK_AROUND)
    assert told.startswith(f"['/home/{site.user}/elsewhere', '41', None, 'short'")
    assert Path(launch.script).stat().st_mode & 0o777 == 0o700


async def test_a_port_of_the_node_that_is_taken_is_named(dashboard: FrontEnd, site: Site) -> None:
    await asyncio.to_thread(squat, site, "n2", 18765)
    launch = await ordering.started(dashboard, "-q", "tiny", "-p", "18765", "--cmds", "cd")
    assert launch.problem
    assert launch.problem.title.startswith("port 18765 of n2 is taken")
    await dashboard.until(lambda: state(site, launch.job) == "FAILED" or None, "the job to end")


async def test_a_port_of_the_laptop_that_is_taken_is_named_before_a_job_is_sent(
    dashboard: FrontEnd, site: Site
) -> None:
    squatter = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with squatter:
        port = str(squatter.sockets[0].getsockname()[1])
        with pytest.raises(JupystraError, match=f"Port {port} "):
            await ordering.started(dashboard, "-L", port)
    assert site.as_user("squeue -h --me -t PD,R").stdout == ""


async def test_a_command_that_fails_stops_the_launch_and_is_shown_with_its_output(
    dashboard: FrontEnd, site: Site
) -> None:
    module = "echo 'no module named pythn' >&2; false"
    launch = await ordering.started(dashboard, "--cmds", "cd", module, "touch never")
    assert launch.problem
    assert launch.problem.title == f"this set-up command failed on n1: {module}"
    assert "no module named pythn" in launch.problem.detail
    assert not (site.home / "never").exists()
    await dashboard.until(lambda: state(site, launch.job) == "FAILED" or None, "the job to end")


async def test_cores_and_memory_that_no_node_has_are_said_before_they_wait_for_ever(
    dashboard: FrontEnd,
) -> None:
    await dashboard.until(lambda: dashboard.session and dashboard.session.partitions, "the partitions")
    ordered = ordering.order(dashboard.cluster, "-q", "tiny", "-W", "12:00:00", "-R", "100G", "-c", "17")
    request = ordered.request(dashboard.cluster.defaults)
    previewed = await dashboard.client.request(protocol.Preview("hpc", request))
    assert isinstance(previewed, protocol.Previewed)
    refused = [problem.field for problem in previewed.problems if not problem.warning]
    assert refused == ["walltime", "cores", "memory"]
    assert "#SBATCH --time=12:00:00\n" in previewed.script


def test_after_count_looks_it_asks_wait_leave_or_kill(cluster: Cluster, site: Site, worker: Path) -> None:
    submit(site, "sleep 300", "-p", "tiny", "-c", "16")
    with ordering.in_terminal(cluster, *BUSY, "--count", "1", "--wait") as terminal:
        terminal.shows("is still pending after 1 poll.", "[w]ait, [l]eave it in the queue")
        terminal.press("w", "enter")
        terminal.shows("[k]ill it: w\n", "pending after 2 polls.\n[w]ait")
        terminal.press("l", "enter")
        assert terminal.ends() == 1
    [job] = set(re.findall(r"Job (\d+) is still pending", terminal.text()))
    assert f"`jupystra kill {job}` to kill it" in terminal.text()
    assert state(site, job) == "PENDING"
    with ordering.in_terminal(cluster, *BUSY, "--count", "1", "--wait") as terminal:
        terminal.shows("[k]ill it:")
        terminal.press("k", "enter")
        assert terminal.ends() == 130
    [gone] = re.findall(r"Job (\d+) was killed while pending", terminal.text())
    assert (state(site, gone), state(site, job)) == ("CANCELLED", "PENDING")
