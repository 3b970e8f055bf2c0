"""What goes wrong at a real site is said, survived, and leaves nothing behind."""

import asyncio
import socket
import time
from pathlib import Path

import msgspec
import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Cluster, JobRequest, JobState, Problem, SessionPhase

from ..faults.table import fault
from ..front_end import SMALL, FrontEnd, attached
from ..ordering import free_port
from . import browser
from .site import Site
from .stories import state, submit

HOSTILE = "a|b[/abc]\x1b]52;c;aGk=\x07\x1b[31m\u202e😀'\"; echo \x1e"


async def failed_login(cluster: Cluster, seconds: float = 10.0) -> Problem:
    """Try to log in, and return the problem that ended it."""
    async with attached(cluster) as front_end:
        await front_end.client.request(protocol.Login(cluster))

        def problem() -> Problem | None:
            session = front_end.session
            return session.problem if session and session.phase is SessionPhase.DOWN else None

        return await front_end.until(problem, "the refusal", seconds)


@fault("unknown-host")
async def test_a_host_that_is_not_there(worker: Path) -> None:
    problem = await failed_login(Cluster("nowhere", "nowhere.invalid"))
    assert problem.title == "There is no host named nowhere.invalid"
    assert problem.hint


@fault("refused")
async def test_a_port_that_nobody_listens_at(worker: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        problem = await failed_login(Cluster("deaf", "127.0.0.1", port=taken.getsockname()[1]))
    assert "refused the connection" in problem.title


@fault("no-network")
async def test_no_network(site: Site, cluster: Cluster, worker: Path) -> None:
    site.cut()
    problem = await failed_login(cluster)
    assert "did not answer within" in problem.title


async def test_a_key_that_is_not_accepted(site: Site, cluster: Cluster, worker: Path) -> None:
    problem = await failed_login(msgspec.structs.replace(cluster, user="nobody-we-know"))
    assert "did not accept a key" in problem.title
    assert "authorized_keys" in problem.hint


@fault("host-key")
async def test_a_host_key_that_changed_is_a_full_stop(site: Site, cluster: Cluster, worker: Path) -> None:
    strange = worker / "known_hosts"
    known = Path(site.ssh_config).parent.joinpath("known_hosts").read_text().split()
    blob = "AAAAC3NzaC1lZDI1NTE5AAAAIDu" + known[2][27:]
    strange.write_text(f"{known[0]} {known[1]} {blob[:-4]}AAAA\n")
    config = worker / "ssh_config"
    config.write_text(f"Host hpc\n  UserKnownHostsFile {strange}\nInclude {site.ssh_config}\n")
    problem = await failed_login(msgspec.structs.replace(cluster, ssh_config=str(config)))
    assert "has changed" in problem.title
    assert problem.detail.count("SHA256:") == 2


async def test_names_that_would_break_a_screen_are_shown_harmlessly_and_acted_on(
    dashboard: FrontEnd, site: Site
) -> None:
    quoted = "'" + HOSTILE.replace("'", "'\\''") + "'"
    job = submit(site, "sleep 300", "--job-name", quoted)
    other = submit(site, "sleep 300", "--job-name", "'two\nlines'")
    seen = await dashboard.until(lambda: dashboard.job(job), "the job")
    assert seen.name.isprintable()
    assert "a|b[/abc]" in seen.name
    assert "😀" in seen.name
    assert dashboard.snapshot.unread == ()
    assert (await dashboard.until(lambda: dashboard.job(other), "the other job")).name == "two·lines"
    await dashboard.kill(job)
    await dashboard.until(lambda: state(site, job) == "CANCELLED" or None, "the kill")
    assert state(site, other) == "RUNNING"


@fault("no-jupyter")
async def test_jupyter_is_nowhere_to_be_found(dashboard: FrontEnd, site: Site) -> None:
    site.hide_jupyter()
    launch = await dashboard.launch()
    assert launch.problem
    assert "jupyter-lab was not found on n1" in launch.problem.title
    assert dashboard.tunnels == ()
    await dashboard.until(lambda: state(site, launch.job) == "FAILED" or None, "the job to end")


@fault("job-dies")
async def test_a_job_that_dies_at_once_shows_its_last_words(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch(
        msgspec.structs.replace(SMALL, setup=("echo 'no such module' >&2; exit 3",))
    )
    assert launch.problem
    assert "ended before its server was up" in launch.problem.title
    assert "no such module" in launch.problem.detail


@fault("setup-fails")
async def test_a_set_up_command_that_fails_is_named(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, setup=("cd /not/there",)))
    assert launch.problem
    assert "cd /not/there" in launch.problem.title


@fault("submission-refused")
async def test_a_refused_submit_has_the_scheduler_s_words_and_leaves_no_job(
    dashboard: FrontEnd, site: Site
) -> None:
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, queue="nosuch"))
    assert launch.problem
    assert "invalid partition specified: nosuch" in f"{launch.problem.title} {launch.problem.detail}"
    assert launch.job == ""
    assert site.as_user("squeue -h --me -t PD,R").stdout == ""


@fault("killed-early")
async def test_killed_while_it_starts(dashboard: FrontEnd) -> None:
    slow = msgspec.structs.replace(SMALL, setup=("sleep 60",))
    started = await dashboard.client.request(protocol.Start("hpc", slow))
    job = await dashboard.until(lambda: dashboard.launches[started.launch].job, "the job id")
    await dashboard.kill(job)
    launch = await dashboard.until(
        lambda: dashboard.launches[started.launch] if dashboard.launches[started.launch].over else None,
        "the end",
        30,
    )
    assert launch.problem
    assert "cancelled" in launch.problem.title
    await dashboard.until(lambda: not any(one.wanted for one in dashboard.tunnels), "the tunnel to be closed")


@fault("controller-away")
async def test_the_controller_is_away_and_the_old_queue_stays_on_screen(
    dashboard: FrontEnd, site: Site
) -> None:
    job = submit(site, "sleep 300")
    await dashboard.until(lambda: dashboard.job(job), "the job")
    site.slurmctld("stop")
    problem = await dashboard.until(
        lambda: dashboard.session.problem if dashboard.session else None, "the trouble", 40
    )
    assert "slurmctld is down" in problem.title
    assert dashboard.job(job)
    site.slurmctld("start")
    taken = dashboard.snapshot.taken
    await dashboard.client.request(protocol.Refresh("hpc"))
    await dashboard.until(lambda: dashboard.snapshot.taken > taken, "the queue", 40)
    assert dashboard.session
    assert dashboard.session.problem is None


@fault("sshd-restarted")
async def test_a_restarted_sshd_is_not_even_noticed(dashboard: FrontEnd, site: Site) -> None:
    launch = await dashboard.launch()
    site.sshd("login", "restart")
    url = await dashboard.url(launch.tunnel)
    assert await asyncio.to_thread(browser.run_in_kernel, url, "6*7") == "42"
    assert dashboard.session
    assert dashboard.session.phase is SessionPhase.UP


async def test_after_a_break_login_and_tunnel_come_back_by_themselves_on_the_same_port(
    dashboard: FrontEnd, site: Site
) -> None:
    launch = await dashboard.launch(msgspec.structs.replace(SMALL, local_port=free_port()))
    before = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel")
    site.kill_sessions("login")
    await dashboard.until(lambda: not dashboard.tunnel(launch.tunnel) or None, "the break to be noticed")
    after = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel to come back", 30)
    assert after.local_port == before.local_port
    assert browser.get(await dashboard.url(after.id), "/api/status")
    assert dashboard.prompts == []


async def test_a_request_for_too_much_is_said_before_it_is_sent(dashboard: FrontEnd) -> None:
    session = await dashboard.until(
        lambda: dashboard.session if dashboard.session and dashboard.session.partitions else None,
        "partitions",
    )
    assert {partition.name for partition in session.partitions} == {"short", "tiny"}
    greedy = JobRequest(queue="tiny", walltime=7 * 86400, cores=100_000)
    previewed = await dashboard.client.request(protocol.Preview("hpc", greedy))
    assert isinstance(previewed, protocol.Previewed)
    assert {"walltime", "cores"} <= {problem.field for problem in previewed.problems}
    assert "#SBATCH --partition=tiny" in previewed.script


@fault("no-server")
async def test_a_job_without_a_server_is_no_place_to_connect_to(dashboard: FrontEnd, site: Site) -> None:
    job = submit(site, "sleep 300")
    await dashboard.until(lambda: state(site, job) == "RUNNING" or None, "the job")
    with pytest.raises(JupystraError, match="has no server"):
        await dashboard.connect(job)
    with pytest.raises(JupystraError, match="knows no job 987654"):
        await dashboard.connect("987654")


async def test_a_cut_link_is_noticed_and_healed(dashboard: FrontEnd, site: Site) -> None:
    launch = await dashboard.launch()
    site.cut()
    began = time.monotonic()
    await dashboard.until(
        lambda: (dashboard.session and dashboard.session.silent) or None, "the cut to be noticed", 60
    )
    noticed = time.monotonic() - began
    site.heal()
    healed = time.time()
    await dashboard.until(lambda: dashboard.snapshot.taken > healed or None, "a fresh queue", 60)
    tunnel = await dashboard.until(lambda: dashboard.tunnel(launch.tunnel), "the tunnel to come back", 60)
    assert browser.get(await dashboard.url(tunnel.id), "/api/status")
    assert noticed < 30


async def test_a_finished_job_keeps_its_end_after_the_scheduler_forgot_it(
    dashboard: FrontEnd, site: Site
) -> None:
    job = submit(site, "exit 0")
    done = await dashboard.until(
        lambda: (seen := dashboard.job(job)) and seen.state is JobState.DONE and seen,
        "the job to be done",
        20,
    )
    assert done.left in (None, 0)
