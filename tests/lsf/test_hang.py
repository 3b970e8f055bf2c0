"""LSF's daemon hangs while a job is submitted: it may take the job later, more than once, and tell nobody."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

from jupystra_tui import protocol
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import JobState, Launch

from ..cluster.wait import until
from ..front_end import SMALL, FrontEnd


def submitting(practice: PracticeCluster) -> list[int]:
    """The processes of bsub that wait."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                words = Path(f"/proc/{entry.name}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"bsub" in words and any(os.fsencode(practice.folder) in word for word in words):
                found.append(int(entry.name))
    return found


def run(practice: PracticeCluster, command: str) -> str:
    """Run a command on the login node."""
    argv = ["ssh", "-F", str(practice.ssh_config), practice.alias, command]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


async def begun(dashboard: FrontEnd, practice: PracticeCluster) -> str:
    """Start a server while the daemon hangs; returns the launch, whose bsub waits."""
    started = await dashboard.client.request(protocol.Start("lsf", SMALL))
    await asyncio.to_thread(until, practice.waiting_submissions, "the submission to wait")
    return started.launch


async def over(dashboard: FrontEnd, launch: str) -> Launch:
    def ended() -> Launch | None:
        shown = dashboard.launches.get(launch)
        return shown if shown and shown.over else None

    return await dashboard.until(ended, "the launch", 40.0)


async def test_a_submission_taken_twice_gives_one_server_and_its_twin_ends(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    practice.hang_controller(takes=2)
    name = await begun(dashboard, practice)
    await dashboard.until(lambda: "still trying" in dashboard.launches[name].steps[0].text, "its words", 30)
    practice.start_controller()
    launch = await over(dashboard, name)
    assert launch.ready, launch.problem
    assert "token=" in await dashboard.url(launch.tunnel)

    def settled() -> bool:
        states = {job.id: job.state for job in dashboard.snapshot.jobs}
        return (
            len(states) == 2
            and states.pop(launch.job) is JobState.RUNNING
            and all(state.finished for state in states.values())
        )

    await dashboard.until(settled, "one job to serve and the other one to end")


async def test_a_submission_whose_answer_was_lost_is_found_by_its_name(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    practice.hang_controller()
    name = await begun(dashboard, practice)
    for process in submitting(practice):
        os.kill(process, signal.SIGKILL)
    practice.start_controller()
    launch = await over(dashboard, name)
    assert launch.ready, launch.problem
    [job] = dashboard.snapshot.jobs
    assert job.id == launch.job


async def left(dashboard: FrontEnd, name: str) -> Launch:
    """Give a launch up."""
    await dashboard.client.request(protocol.LeaveLaunch(name))
    return await over(dashboard, name)


async def test_at_the_limit_of_pending_jobs_its_words_are_shown_and_polls_and_kills_go_on(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    other = await asyncio.to_thread(run, practice, "bsub -J other sleep 300")
    number = other.partition("<")[2].partition(">")[0]
    practice.limit_pending()
    name = await begun(dashboard, practice)
    await dashboard.until(
        lambda: "Pending job threshold reached" in dashboard.launches[name].steps[0].text, "its words"
    )
    await dashboard.until(lambda: dashboard.job(number), "a poll")
    await dashboard.kill(number)
    await dashboard.until(lambda: (job := dashboard.job(number)) and job.state.finished, "the kill")
    launch = await left(dashboard, name)
    assert launch.problem
    assert "A job that comes of it later is killed" in launch.problem.hint
    await asyncio.to_thread(until, lambda: not practice.waiting_submissions(), "bsub to end")
    practice.start_controller()
    assert await asyncio.to_thread(run, practice, "bjobs -a -w | wc -l") == "2\n"


async def test_jobs_of_a_submission_that_was_given_up_and_goes_through_later_are_over(
    dashboard: FrontEnd, practice: PracticeCluster
) -> None:
    practice.hang_controller(takes=2)
    name = await begun(dashboard, practice)
    launch = await left(dashboard, name)
    assert launch.problem
    assert not launch.job
    practice.start_controller()

    def over() -> bool:  # killed, or ended by their own scripts, whichever is sooner
        return len(dashboard.snapshot.jobs) == 2 and all(
            job.state in (JobState.CANCELLED, JobState.DONE) for job in dashboard.snapshot.jobs
        )

    await dashboard.until(over, "both of its jobs to be over", 60)
