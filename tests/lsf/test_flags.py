"""Each flag of JupyStra on LSF: from the words of the command line to what bjobs, the server and you have."""

import asyncio
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import paths, protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, JobRequest

from .. import ordering
from ..cluster import browser
from ..front_end import FrontEnd

LOOK_AROUND = (
    "import os; [os.getcwd()] + [os.environ.get(name) for name in "
    "('ANSWER', 'LOGIN', 'LSB_QUEUE', 'LSB_MCPU_HOSTS', 'XDG_RUNTIME_DIR')]"
)


def lsf(practice: PracticeCluster, *command: str) -> str:
    """Run one of LSF's commands on the login node as a person would, and return all that it says."""
    ssh = ("ssh", "-F", str(practice.ssh_config), practice.alias, *command)
    done = subprocess.run(ssh, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


async def test_the_job_is_asked_for_as_the_flags_say_and_the_server_runs_as_they_say(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    remote, local = ordering.free_port(), ordering.free_port()
    commands = ("mkdir -p work", "cd work", "export ANSWER=42", "shopt -q login_shell && export LOGIN=yes")
    launch = await ordering.started(
        dashboard, "-q", "long", "-W", "12:00:00", "-R", "1G", "-c", "2", "-o", "lab-%J.out", "-p", str(remote),
        "-L", str(local), "--no_script", "--cmds", *commands,
    )  # fmt: skip
    assert launch.ready, launch.problem
    seen = lsf(practice, "bjobs", "-l", launch.job)
    assert "Queue <long>" in seen
    assert " 2 Processors Requested, Requested Resources <rusage[mem=1024] span[hosts=1]>;\n" in seen
    assert "\n RUNLIMIT                \n 720.0 min               \n\n MEMLIMIT\n 1048576 K\n" in seen
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    assert (tunnel.node, tunnel.remote_port, tunnel.local_port) == ("p1", remote, local)
    url = await dashboard.url(tunnel.id)
    assert url.startswith(f"http://127.0.0.1:{local}/?token=")
    told = await asyncio.to_thread(browser.run_in_kernel, url, LOOK_AROUND)
    home = practice.folder / "home"
    assert told == repr([f"{home}/work", "42", "yes", "long", "p1 2", None])
    assert "Jupyter Server" in (home / f"lab-{launch.job}.out").read_text()
    assert launch.log == f"{home}/lab-{launch.job}.out"
    assert launch.script == ""
    assert not paths.scripts_folder().exists()


async def test_without_flags_it_is_as_the_cluster_has_it_and_a_script_is_written(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    dashboard.cluster = replace(dashboard.cluster, defaults=JobRequest(walltime=600, memory=500))
    launch = await ordering.started(dashboard, "-c", "1")
    assert launch.ready, launch.problem
    seen = lsf(practice, "bjobs", "-l", launch.job)
    assert "Queue <short>" in seen
    assert "\n 10.0 min                \n\n MEMLIMIT\n 512000 K\n" in seen
    assert Path(launch.script).stat().st_mode & 0o777 == 0o700


async def test_ports_that_are_taken_are_named(dashboard: FrontEnd, practice: PracticeCluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as squatter:
        port = str(squatter.getsockname()[1])
        with pytest.raises(JupystraError, match=f"Port {port} "):
            await ordering.started(dashboard, "-L", port)
        assert "No job found" in lsf(practice, "bjobs", "-a")
        launch = await ordering.started(dashboard, "-p", port)
    assert launch.problem
    assert launch.problem.title.startswith(f"port {port} of p1 is taken")
    exits = ("bjobs", "-a", "-o", "'jobid stat'")
    await dashboard.until(lambda: f"{launch.job} EXIT" in lsf(practice, *exits), "the job to end")


async def test_a_command_that_fails_stops_the_launch_and_is_shown_with_its_output(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    module = "echo 'no module named pythn' >&2; false"
    launch = await ordering.started(dashboard, "--cmds", "cd", module, "touch never")
    assert launch.problem
    assert launch.problem.title == f"this set-up command failed on p1: {module}"
    assert "no module named pythn" in launch.problem.detail
    assert not (practice.folder / "home" / "never").exists()


async def test_what_a_queue_does_not_allow_is_said_before_and_by_lsf_itself(dashboard: FrontEnd) -> None:
    await dashboard.until(lambda: dashboard.session and dashboard.session.partitions, "the queues")
    words = ("-q", "short", "-W", "12:01", "-R", "100G", "-c", "9")
    request = ordering.order(dashboard.cluster, *words).request(dashboard.cluster.defaults)
    previewed = await dashboard.client.request(protocol.Preview("lsf", request))
    assert isinstance(previewed, protocol.Previewed)
    assert [problem.field for problem in previewed.problems] == ["walltime", "cores", "memory"]
    assert "#BSUB -W 12:01\n#BSUB -M 102400\n#BSUB -n 9\n" in previewed.script
    launch = await ordering.started(dashboard, *words)
    assert launch.problem
    assert "LSF refused the job" in launch.problem.title


async def test_an_output_file_that_cannot_be_is_refused_before_anything_is_sent(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    launch = await ordering.started(dashboard, "-o", "nowhere/out.log")
    assert launch.problem
    assert launch.problem.title.endswith("is not there on the cluster: " + f"{practice.folder}/home/nowhere")
    assert (launch.problem.kind, launch.job) == ("ConfigError", "")
    assert "No unfinished job found" in lsf(practice, "bjobs")


@pytest.fixture
def slow_queue() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=300.0, scheduler="lsf") as cluster:
        yield cluster


def test_after_count_looks_it_asks_wait_leave_or_kill(slow_queue: PracticeCluster, worker: Path) -> None:
    cluster = Cluster("practice", slow_queue.alias, ssh_config=os.fspath(slow_queue.ssh_config))
    with ordering.in_terminal(cluster, "--count", "1", "--wait") as terminal:
        terminal.shows("is still pending after 1 poll.", "[w]ait, [l]eave it in the queue")
        terminal.press("w", "enter")
        terminal.shows("[k]ill it: w\n", "pending after 2 polls.\n[w]ait")
        terminal.press("l", "enter")
        assert terminal.ends() == 1
    [job] = set(re.findall(r"Job (\d+) is still pending", terminal.text()))
    assert " PEND " in lsf(slow_queue, "bjobs", job)
    with ordering.in_terminal(cluster, "--count", "1", "--wait") as terminal:
        terminal.shows("[k]ill it:")
        terminal.press("k", "enter")
        assert terminal.ends() == 130
    [gone] = re.findall(r"Job (\d+) was killed while pending", terminal.text())
    assert " EXIT " in lsf(slow_queue, "bjobs", "-a", gone)
    assert " PEND " in lsf(slow_queue, "bjobs", job)
