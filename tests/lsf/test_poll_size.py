"""What one poll costs an LSF site: the commands it runs and the bytes it prints, for ten jobs."""

import asyncio
import json
import secrets
import subprocess

from jupystra_tui import protocol
from jupystra_tui.apps.server_files import ServerFiles
from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model import Cluster, JobState
from jupystra_tui.schedulers.lsf import SCHEDULER
from jupystra_tui.schedulers.roles import Listing, Scheduler

from ..front_end import FrontEnd

SERVERS = 8
TOKEN = "0123456789abcdef" * 3
SERVER = (
    "app jupyterlab\njob 15\nnode p1\nport 18888\npath /\ntitle JupyterLab\nready api/status\n"
    "header Authorization: token {token}\nquery token\nstatistics jupyter\nruntime *server-*.json"
)
RUNTIME = {
    "base_url": "/", "hostname": "127.0.0.1", "password": False, "pid": 4711, "port": 18888, "secure": False,
    "root_dir": "/home/ada/project", "sock": "", "token": TOKEN, "url": "http://127.0.0.1:18888/", "version": "2.17.0",
}  # fmt: skip
JOBS, COMMANDS, BYTES = 10, 2, 5_000


def furnish(practice: PracticeCluster, number: int) -> None:
    """Write what a job with JupyterLab has in its folder."""
    folder = practice.folder / "home/.jupystra/jobs" / f"20261122-14031{number}-3f9a07c1"
    (folder / "runtime").mkdir(parents=True)
    for name, text in (("id", f"{number}"), ("node", "p1"), ("token", TOKEN), ("server", SERVER)):
        (folder / name).write_text(f"{text}\n")
    (folder / "runtime" / f"jpserver-{number}.json").write_text(json.dumps(RUNTIME, indent=2))


def run(practice: PracticeCluster, command: str) -> bytes:
    argv = ["ssh", "-F", str(practice.ssh_config), practice.alias, command]
    return subprocess.run(argv, capture_output=True, timeout=60, check=True).stdout


def poll(practice: PracticeCluster, lsf: Scheduler, files: ServerFiles) -> tuple[Listing, list[str], int]:
    """Return what a poll lists, the commands it ran and the bytes it printed."""
    before = len(practice.commands_run())
    mark = secrets.token_hex(8)
    printed = run(practice, lsf.queue.list_script(practice.user, mark))
    found = run(practice, files.script(mark))
    files.parse(found, mark)
    size = len(printed) + len(found)
    return lsf.queue.parse_list(printed, mark), practice.commands_run()[before:], size


def test_ten_jobs_cost_two_commands_and_five_kilobytes(practice: PracticeCluster) -> None:
    survey = run(practice, SCHEDULER.site.survey_script()).decode()  # nobody has a job yet
    files = ServerFiles()
    for number in range(SERVERS):
        furnish(practice, number)
    lsf = SCHEDULER.site.adapt(SCHEDULER, survey, Cluster("x", "x"))
    run(
        practice,
        "bsub -W 60 -J 'sweep[1-2]' sleep 300; for i in 1 2 3; do bsub -J job$i -W 60 sleep 300; done",
    )
    run(practice, "for i in 1 2 3 4 5; do bsub -J wait$i -n 8 sleep 300; done")

    def running() -> list[str]:
        listing, commands, _ = poll(practice, lsf, files)
        assert sum(command.startswith("bjobs") and "-json" in command for command in commands) == 1
        return [job.key for job in listing.jobs if job.state is JobState.RUNNING]

    while len(running()) < 5:
        pass
    poll(practice, lsf, files)
    listing, commands, size = poll(practice, lsf, files)
    assert len(listing.jobs) == JOBS
    assert len(commands) <= COMMANDS, commands
    assert size <= BYTES
    for job in listing.jobs:
        if job.state is JobState.RUNNING:
            assert (job.limit, 3500 < (job.left or 0) <= 3600) == (3600, True)
        elif job.state is JobState.PENDING:
            assert job.reason.known


async def test_polls_of_the_worker_do_not_ask_twice(dashboard: FrontEnd, practice: PracticeCluster) -> None:
    await asyncio.to_thread(
        run, practice, "for i in 1 2 3; do bsub -J job$i sleep 300; done; bsub -J end true"
    )
    await dashboard.until(
        lambda: (
            sum(job.state is JobState.RUNNING for job in dashboard.snapshot.jobs) == 3
            and any(job.state is JobState.DONE for job in dashboard.snapshot.jobs)
        ),
        "three jobs to run and one to end",
        30,
    )
    taken = dashboard.snapshot.taken
    await dashboard.client.request(protocol.Refresh("lsf"))
    await dashboard.until(lambda: dashboard.snapshot.taken > taken, "the next poll")
    taken, before = dashboard.snapshot.taken, len(practice.commands_run())
    await dashboard.client.request(protocol.Refresh("lsf"))
    await dashboard.until(lambda: dashboard.snapshot.taken > taken, "a poll that knows the jobs")
    ran = practice.commands_run()[before:]
    assert {command.split()[0] for command in ran} == {"bjobs"}
    assert {"-json" in command.split() for command in ran} == {True}, ran
