"""A submission is never lost, never sent twice, and never holds up anything else."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import JobRequest, JobState, Launch, StepName

from ..front_end import SMALL, FrontEnd
from .nodes import LOGIN
from .site import Site
from .stories import state, submit

SBATCH = "/usr/bin/sbatch"
NewJobs = Callable[[], list[str]]


def wrap_sbatch(site: Site, text: str, home: Path | None = None) -> None:
    """Have ada's shells find a wrapper of sbatch first, from now on."""
    site.as_user("mkdir -p bin && cat >bin/sbatch && chmod +x bin/sbatch", stdin=f"#!/bin/sh\n{text}\n")
    rc = (home or site.home) / ".bashrc"
    rc.write_text('PATH="/home/ada/bin:$PATH"\n' + (rc.read_text() if rc.exists() else ""))


async def start(dashboard: FrontEnd, request: JobRequest = SMALL, tag: str = "") -> str:
    """Start a server; returns the launch."""
    started = await dashboard.client.request(protocol.Start("hpc", request, tag=tag))
    return started.launch


def step(dashboard: FrontEnd, launch: str) -> str:
    """Return the text of a launch's submission step."""
    shown = dashboard.launches.get(launch)
    return next(one.text for one in shown.steps if one.name is StepName.SUBMIT) if shown else ""


async def says(dashboard: FrontEnd, launch: str, text: str, seconds: float = 30) -> None:
    await dashboard.until(lambda: text in step(dashboard, launch), f"{text!r}", seconds)


async def over(dashboard: FrontEnd, launch: str, seconds: float = 90) -> Launch:
    def ended() -> Launch | None:
        shown = dashboard.launches.get(launch)
        return shown if shown and shown.over else None

    return await dashboard.until(ended, "the end of the launch", seconds)


@pytest.fixture
def new_jobs(site: Site) -> NewJobs:
    """The ids of the jobs that ada submitted since the test began."""

    def ids() -> set[str]:
        return set(site.as_user("squeue -h --me -t all -o %A").stdout.split())

    before = ids()
    return lambda: sorted(ids() - before, key=int)


@pytest.fixture
async def slow(site: Site, dashboard: FrontEnd) -> FrontEnd:
    """A front end of a cluster whose sbatch takes 6 s."""
    wrap_sbatch(site, f'echo "sbatch: please wait" >&2\nsleep 6\nexec {SBATCH} "$@"')
    return dashboard


async def test_a_link_cut_through_a_submission_loses_no_job(
    slow: FrontEnd, site: Site, new_jobs: NewJobs
) -> None:
    launch = await start(slow)
    await says(slow, launch, "sbatch: please wait")
    site.cut()
    await asyncio.to_thread(time.sleep, 10)
    site.heal()
    done = await over(slow, launch)
    assert done.ready, done.problem
    assert new_jobs() == [done.job]


async def test_a_connection_that_broke_during_a_submission_loses_no_job(
    slow: FrontEnd, site: Site, new_jobs: NewJobs
) -> None:
    launch = await start(slow)
    await says(slow, launch, "sbatch: please wait")
    site.kill_sessions(LOGIN)
    await says(slow, launch, "no answer")
    done = await over(slow, launch)
    assert done.ready, done.problem
    assert new_jobs() == [done.job]


async def test_a_job_whose_answer_was_lost_is_found_by_its_mark(
    dashboard: FrontEnd, site: Site, new_jobs: NewJobs
) -> None:
    wrap_sbatch(site, f'{SBATCH} "$@" >/dev/null\nkill -KILL $$')
    other = submit(site, "sleep 300", "--comment=jupystra:20260101-000000-00000000")
    done = await dashboard.launch()
    assert done.ready, done.problem
    assert new_jobs() == [other, done.job]


async def test_a_launch_that_is_left_during_a_break_says_what_is_known(slow: FrontEnd, site: Site) -> None:
    launch = await start(slow)
    await says(slow, launch, "sbatch: please wait")
    site.cut()
    await slow.client.request(protocol.LeaveLaunch(launch))
    done = await over(slow, launch, 20)
    assert done.problem
    assert done.problem.kind == "MaybeSubmitted"
    assert "check the queue" in done.problem.hint
    site.heal()


async def test_what_is_sent_is_what_was_previewed(dashboard: FrontEnd, site: Site) -> None:
    previewed = await dashboard.client.request(protocol.Preview("hpc", SMALL))
    assert isinstance(previewed, protocol.Previewed)
    started = await dashboard.client.request(protocol.Start("hpc", SMALL, tag=previewed.tag))
    job = await dashboard.until(lambda: dashboard.launches[started.launch].job, "the job")
    sent = site.as_user(f"scontrol write batch_script {job} -").stdout
    assert sent.rstrip("\n") == previewed.script.rstrip("\n") == started.sent.rstrip("\n")
    changed = await dashboard.client.request(
        protocol.Start("hpc", replace(SMALL, name="other"), tag=previewed.tag)
    )
    assert isinstance(changed, protocol.Started)
    assert "--job-name=other" in changed.sent
    assert previewed.tag not in changed.sent


async def test_a_submission_that_blocks_holds_up_neither_polls_nor_kills_nor_logs(
    dashboard: FrontEnd, site: Site
) -> None:
    server = await dashboard.launch()
    job = submit(site, "sleep 300")
    await dashboard.until(lambda: state(site, job) == "RUNNING" or None, "the job")
    site.as_user("mkfifo go")
    wrap_sbatch(site, f'echo "still trying" >&2\nread -r _ <~/go\nexec {SBATCH} "$@"')
    launch = await start(dashboard)
    await says(dashboard, launch, "still trying")
    taken = dashboard.snapshot.taken
    await dashboard.kill(job)
    await dashboard.until(
        lambda: (seen := dashboard.job(job)) and seen.state is JobState.CANCELLED, "the kill", 20
    )
    assert dashboard.snapshot.taken > taken
    log = await dashboard.client.request(protocol.ReadLog("hpc", server.job))
    assert isinstance(log, protocol.LogRead)
    assert log.text
    assert step(dashboard, launch) == "still trying"
    site.as_user("echo >go")
    assert (await over(dashboard, launch)).ready


@pytest.mark.parametrize(
    ("outfile", "title"),
    [
        ("nowhere/out.log", "not there on the cluster: /home/ada/nowhere"),
        ("/usr/out.log", "cannot be written on the cluster: /usr/out.log"),
        ("/etc/passwd", "cannot be written on the cluster: /etc/passwd"),
        ("logs", "is a folder: /home/ada/logs"),
    ],
)
async def test_an_output_file_that_cannot_be_is_refused_before_anything_is_sent(
    dashboard: FrontEnd, site: Site, outfile: str, title: str, new_jobs: NewJobs
) -> None:
    site.as_user("mkdir logs")
    launch = await dashboard.launch(replace(SMALL, outfile=outfile))
    assert launch.problem
    assert title in launch.problem.title
    assert (launch.problem.kind, launch.job) == ("ConfigError", "")
    assert new_jobs() == []


@pytest.fixture
def small_home(site: Site) -> Iterator[Path]:
    """Ada's home as the login node has it: a file system of 256 KiB, once she is logged in."""
    options = f"size=256k,uid={site.users['ada'].uid},mode=700"
    site.run(LOGIN, "mount", "-t", "tmpfs", "-o", options, "tmpfs", "/home/ada")
    yield site.nodes[LOGIN].root / "home/ada"
    site.run(LOGIN, "umount", "-l", "/home/ada")


async def test_a_full_home_is_said_before_anything_is_sent(
    dashboard: FrontEnd, site: Site, small_home: Path, new_jobs: NewJobs
) -> None:
    site.as_user("cat /dev/zero >data", check=False)
    launch = await dashboard.launch()
    assert launch.problem
    assert launch.problem.title == "Your home folder on the cluster is full"
    assert "No space left on device" in launch.problem.detail
    assert new_jobs() == []


async def test_a_home_that_fills_during_a_submission_loses_no_job(
    site: Site, dashboard: FrontEnd, small_home: Path, new_jobs: NewJobs
) -> None:
    wrap_sbatch(site, f'cat /dev/zero >~/data 2>/dev/null\nexec {SBATCH} "$@"', small_home)
    launch = await start(dashboard)
    job = await dashboard.until(lambda: dashboard.launches[launch].job, "the job", 30)
    assert new_jobs() == [job]
    await says(dashboard, launch, f"job {job}; Your home folder on the cluster is full")
