"""The main job on LSF: log in, start, watch, kill; told by a real worker, OpenSSH and JupyterLab."""

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import JobState

from ..front_end import SMALL, FrontEnd


async def test_a_server_starts_answers_and_is_killed(dashboard: FrontEnd) -> None:
    assert dashboard.session
    assert (dashboard.session.scheduler, dashboard.session.version) == ("lsf", "2.2")
    [short, *_] = dashboard.session.partitions
    assert (short.name, short.default, short.max_time, short.cores_per_node) == ("short", True, 12 * 3600, 8)
    launch = await dashboard.launch(replace(SMALL, setup=("cd /",), walltime=700))
    assert launch.ready, launch.problem
    job = await dashboard.until(lambda: dashboard.job(launch.job), "the job")
    assert (job.name, job.state, job.node) == (SMALL.name, JobState.RUNNING, "p1")
    assert (job.limit, job.memory) == (720, 500)
    assert 700 < (job.left or 0) <= 720
    assert "token=" in await dashboard.url(launch.tunnel)
    log = await dashboard.client.request(protocol.ReadLog("lsf", launch.job))
    assert isinstance(log, protocol.LogRead)
    assert "Jupyter Server" in log.text
    await dashboard.kill(launch.job)

    def killed() -> bool:
        job = dashboard.job(launch.job)
        return job is not None and job.state is JobState.CANCELLED

    await dashboard.until(killed, "the job to be cancelled, though LSF calls it done")


async def test_the_preview_shows_what_is_sent_in_the_sites_unit(dashboard: FrontEnd) -> None:
    previewed = await dashboard.client.request(protocol.Preview("lsf", replace(SMALL, walltime=12 * 3600)))
    assert isinstance(previewed, protocol.Previewed)
    assert "#BSUB -W 12:00\n" in previewed.script
    assert "#BSUB -M 500\n" in previewed.script
    assert "count MB" in previewed.script


async def test_a_refusal_names_what_to_change(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch(replace(SMALL, queue="nosuchq"))
    assert launch.problem
    assert "No such queue" in launch.problem.title


async def test_a_silent_daemon_keeps_the_old_queue_and_says_so(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    practice.stop_controller()
    await dashboard.client.request(protocol.Refresh("lsf"))

    def said() -> bool:
        problem = dashboard.session.problem if dashboard.session else None
        return bool(problem and "does not answer" in problem.title)

    await dashboard.until(said, "the silence to be told")
    practice.start_controller()
    await dashboard.client.request(protocol.Refresh("lsf"))
    await dashboard.until(lambda: bool(dashboard.session and not dashboard.session.problem), "the queue")


async def test_the_output_goes_where_it_was_wanted_and_is_read_there(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch(replace(SMALL, outfile="lab.out"))
    assert launch.ready, launch.problem
    log = await dashboard.client.request(protocol.ReadLog("lsf", launch.job))
    assert isinstance(log, protocol.LogRead)
    assert "Jupyter Server" in log.text
    await dashboard.kill(launch.job)


async def test_a_relay_port_is_refused_before_anything_is_sent(dashboard: FrontEnd) -> None:
    launch = await dashboard.launch(replace(SMALL, relay_port=9000))
    assert launch.problem
    assert "Set the relay port to 0" in launch.problem.hint
    assert not launch.job
