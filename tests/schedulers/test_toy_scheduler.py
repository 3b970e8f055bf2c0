"""A scheduler is added by one module and one line in the registry, and then the worker lists, submits and kills."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import paths, protocol
from jupystra_tui.model import JobRequest, JobState, Partition, Problem
from jupystra_tui.schedulers.registry import REGISTRY, SchedulerEntry
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker.__main__ import SOCKET
from jupystra_tui.worker.dispatcher import Dispatcher
from jupystra_tui.worker.server import Server
from jupystra_tui.worker.worker_lock import WorkerLock
from tests.schedulers import toy

from ..front_end import FrontEnd, attached
from ..worker.own_sshd import OwnSshd

SECONDS = 60.0


@pytest.fixture
def login_node(tmp_path: Path) -> Iterator[OwnSshd]:
    server = OwnSshd(tmp_path)
    server.command("toy", toy.PROGRAM)
    with server.running():
        yield server


@pytest.fixture
async def worker_here(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The real worker in this process, which knows the toy."""
    monkeypatch.setitem(REGISTRY, "toy", SchedulerEntry("Toy", toy.__name__))
    runtime = paths.runtime_folder()
    lock = WorkerLock(runtime / "worker.lock")
    assert lock.acquire()
    server = Server(runtime / SOCKET, Dispatcher(Folders(runtime, paths.state_folder())), lock)
    serving = asyncio.create_task(server.run())
    yield
    server.stop("the test ends")
    await asyncio.wait_for(serving, SECONDS)


@pytest.fixture
async def dashboard(login_node: OwnSshd, worker_here: None) -> AsyncIterator[FrontEnd]:
    async with attached(replace(login_node.cluster, scheduler="toy")) as front_end:
        yield front_end


async def test_a_toy_scheduler_lists_submits_and_kills(dashboard: FrontEnd) -> None:
    session = await dashboard.log_in(SECONDS)
    assert (session.scheduler, session.version) == ("toy", "1.0")
    assert session.partitions == (Partition("attic", default=True, nodes=4),)

    started = await dashboard.client.request(protocol.Start("hpc", JobRequest(name="lab")))
    job = await dashboard.until(lambda: dashboard.launches[started.launch].job, "the job id", SECONDS)
    assert job == "1"
    assert "exec >>" in started.sent

    pending = await dashboard.until(lambda: dashboard.job(job), "the job", SECONDS)
    assert (pending.state, pending.reason) == (JobState.PENDING, toy.REASONS["no-elf"])
    steps = dashboard.launches[started.launch].steps
    await dashboard.until(
        lambda: any("All elves are busy" in step.text for step in dashboard.launches[started.launch].steps),
        f"the reason in {steps}",
        SECONDS,
    )

    killed = await dashboard.kill(job)
    assert [part.id for part in killed.parts] == [job]
    await dashboard.until(
        lambda: (seen := dashboard.job(job)) and seen.state is JobState.CANCELLED, "the kill", SECONDS
    )


async def test_without_a_choice_the_scheduler_is_found(dashboard: FrontEnd) -> None:
    dashboard.cluster = replace(dashboard.cluster, scheduler="auto")
    assert (await dashboard.log_in(SECONDS)).scheduler == "toy"


async def test_a_login_node_without_the_chosen_scheduler_is_refused_in_words(dashboard: FrontEnd) -> None:
    await dashboard.client.request(protocol.Login(replace(dashboard.cluster, scheduler="lsf")))

    def problem() -> Problem | None:
        return dashboard.session.problem if dashboard.session else None

    refused = await dashboard.until(problem, "the refusal", SECONDS)
    assert refused.title == "No bjobs was found on hpc, also not in a login shell"
    assert "Slurm, LSF or Toy" in refused.hint


def test_the_connect_script_learns_the_state() -> None:
    query = toy.SCHEDULER.queue.state_query("3")
    for line, word in (("3 WAITING no-elf x", "waiting"), ("3 KILLED - x", "over"), ("33 BUSY - x", "")):
        done = subprocess.run(["sed", "-n", query.program], input=line, capture_output=True, text=True)
        assert done.stdout.strip() == word


async def test_an_unknown_scheduler_is_refused_with_the_names_of_the_known_ones(dashboard: FrontEnd) -> None:
    await dashboard.client.request(protocol.Login(replace(dashboard.cluster, scheduler="pbs")))

    def problem() -> Problem | None:
        return dashboard.session.problem if dashboard.session else None

    refused = await dashboard.until(problem, "the refusal", SECONDS)
    assert refused.title == "'pbs' is not a known scheduler"
    assert "auto, slurm, lsf, toy" in refused.hint
