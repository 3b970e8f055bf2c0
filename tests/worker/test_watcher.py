"""The polling of a queue: what fails is tried again, thousands of jobs trouble nobody, and the loop stays free."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Cluster, JobState, Session, SessionPhase
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker import site_facts, watcher
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.job_endings import BATCH, FEW
from jupystra_tui.worker.queue_reader import PAST_KEPT
from jupystra_tui.worker.watcher import JobWatcher

PARTITIONS = "PartitionName=short Default=YES MaxTime=01:00:00 State=UP TotalNodes=2\n"
MARK = "0" * 16
DATE = "2026-01-01T00:00:00"


class Login:
    """Stands in for the session: a login node whose commands answer from what the story sets.

    `jobs` are the queue by id; `commands` are those that were sent other than polls; `accounting` is sacct's output.
    """

    def __init__(self) -> None:
        self.cluster = Cluster("hpc", "hpc", poll=0.01, poll_floor=0.0)
        self.shown = Session(self.cluster, SessionPhase.UP)
        self.site = SimpleNamespace(user="ada", scheduler=SLURM)
        self.jobs: dict[str, tuple[str, str]] = {}
        self.raw: dict[str, str] = {}
        self.accounting = ""
        self.partitions: str | Exception = PARTITIONS
        self.commands: list[str] = []
        self.polls: list[int] = []
        self.watcher = JobWatcher(self, EventHub(), self.on_snapshot)  # type: ignore[arg-type]
        self.trouble: list[Exception] = []
        self.changed = asyncio.Event()

    def on_snapshot(self) -> None:
        if self.trouble:
            raise self.trouble.pop()

    def show(self, **changes: Any) -> None:
        self.shown = replace(self.shown, **changes)
        self.changed.set()

    async def until_up(self) -> None:
        pass

    async def run(self, script: str, limit: float = 25.0) -> CommandResult:
        await asyncio.sleep(0)
        mark = re.search(r"\x1e([0-9a-f]{16})\x1f%i", script)
        if mark:
            self.polls.append(len(self.commands))
            cut = re.findall(r"'(\x1e[0-9a-f]{16}\x1e)'", script)[0]
            return CommandResult(0, f"{self._listed(mark[1])}{cut}0{cut}".encode(), b"")
        if "show partition" in script:
            if isinstance(self.partitions, Exception):
                raise self.partitions
            return CommandResult(0, self.partitions.encode(), b"")
        if "/.jupystra/jobs" in script:
            return CommandResult(0, b"", b"")
        self.commands.append(script)
        return CommandResult(0, self.accounting.encode() if script.startswith("sacct") else b"", b"")

    def _listed(self, mark: str) -> str:
        return "".join(
            "\x1f".join((f"\x1e{mark}", id, self.raw.get(id, id), state, "None", "short", DATE, "1:00:00",
                         "2:00:00", "1:00:00", "4", "8G", "c1", "lab", "N/A", DATE, name)) + "\n"
            for id, (state, name) in self.jobs.items()
        )  # fmt: skip

    def state(self, key: str) -> JobState | None:
        job = self.watcher.job(key)
        return job.state if job else None

    async def until(self, condition: Callable[[], object], what: str) -> None:
        try:
            async with asyncio.timeout(20):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pytest.fail(f"waited for {what}: {self.shown}")

    async def poll(self) -> None:
        """Let the next poll that has not begun yet come to its end."""
        await self.watcher.fresh()


@pytest.fixture
async def login(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Login]:
    monkeypatch.setattr(watcher, "ACTED_PAUSE", 0.0)
    monkeypatch.setattr(watcher, "LOOK_LIMIT", 10.0)
    monkeypatch.setattr(watcher, "AFTER_DEFECT", 0.01)
    login = Login()
    yield login
    await login.watcher.aclose()


async def test_after_a_night_2000_vanished_jobs_cost_two_commands_a_poll_at_most(login: Login) -> None:
    login.jobs = {str(number): ("RUNNING", "lab") for number in range(1000, 3000)}
    login.watcher.start()
    await login.poll()
    login.jobs = {"5000": ("RUNNING", "lab")}
    for _ in range(PAST_KEPT // FEW + 5):
        await login.poll()
    each = [after - before for before, after in zip(login.polls, login.polls[1:], strict=False)]
    assert max(each) <= 2
    assert all("\n" not in command for command in login.commands)
    asked = [len(set(re.findall(r"\b[12]\d{3}\b", command))) for command in login.commands]
    assert max(asked) <= BATCH
    assert sum(asked) <= 2 * PAST_KEPT, "no job is asked about for ever"
    sent = len(login.commands)
    await login.poll()
    assert len(login.commands) == sent
    past = [job for job in login.watcher.snapshot.jobs if not job.listed]
    assert len(past) == PAST_KEPT
    assert {job.state for job in past} == {JobState.UNKNOWN}
    assert not any(job.killable for job in past)


async def test_the_accounting_tells_how_vanished_jobs_ended(login: Login) -> None:
    login.jobs = {"7": ("RUNNING", "lab"), "8": ("RUNNING", "lab")}
    login.accounting = "7\x1fTIMEOUT\x1f0:0\x1f1:00\x1fx\x1fc1\x1f7\n"
    login.watcher.start()
    await login.poll()
    login.jobs = {"8": ("RUNNING", "lab")}
    await login.poll()
    assert login.state("7") is JobState.TIMEOUT


async def test_a_failed_question_about_an_ending_is_asked_again_and_breaks_no_poll(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    login.jobs = {"7": ("RUNNING", "lab")}
    login.watcher.start()
    await login.poll()
    run = login.run

    async def broken(script: str, limit: float = 25.0) -> CommandResult:
        if script.startswith("sacct"):
            raise ConnectError("no answer")
        return await run(script, limit)

    monkeypatch.setattr(login, "run", broken)
    login.jobs = {}
    await login.poll()
    assert login.state("7") is JobState.UNKNOWN
    assert login.shown.problem is None
    monkeypatch.setattr(login, "run", run)
    login.accounting = "7\x1fCOMPLETED\x1f0:0\x1f1:00\x1fx\x1fc1\x1f7\n"
    await login.poll()
    assert login.state("7") is JobState.DONE


async def test_an_unexpected_error_is_shown_and_the_polling_goes_on(
    login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    login.jobs = {"7": ("RUNNING", "lab")}
    login.trouble = [RuntimeError("a defect")] * 3
    login.watcher.start()
    await login.until(lambda: login.shown.problem, "the problem to be shown")
    assert login.shown.problem
    assert "RuntimeError" in login.shown.problem.title
    await login.until(lambda: not login.trouble and login.shown.problem is None, "the polls to go on")
    assert "a poll failed" in caplog.text
    assert login.watcher.pace.failures == 0


async def test_an_unexpected_error_while_the_partitions_are_read_ends_no_polling(login: Login) -> None:
    login.partitions = KeyError("PartitionName")
    login.jobs = {"7": ("RUNNING", "lab")}
    login.watcher.start()
    await login.until(lambda: login.watcher.job("7"), "the queue")
    assert login.shown.partitions == ()


async def test_partitions_are_read_again_and_a_failure_keeps_the_old(
    login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_facts, "LEAST_PAUSE", 0.0)
    login.watcher.start()
    await login.poll()
    [short] = login.shown.partitions
    first = login.shown.partitions_read
    assert short.max_time == 3600
    assert time.time() - first < 60
    login.partitions = ConnectError("away")
    login.watcher.refresh(facts=True)
    await login.poll()
    assert (login.shown.partitions, login.shown.partitions_read) == ((short,), first)
    login.partitions = PARTITIONS.replace("01:00:00", "02:00:00")
    await login.poll()
    assert login.shown.partitions == (short,), "not with each poll"
    login.watcher.refresh(facts=True)
    await login.poll()
    await login.poll()
    assert login.shown.partitions[0].max_time == 7200
    assert login.shown.partitions_read > first


async def test_the_rest_of_an_array_is_one_row_that_shrinks_and_leaves_no_ghost(login: Login) -> None:
    login.raw = {"85_0": "86", "85_1": "87", "85_[1-7%1]": "85", "85_[2-7%1]": "85"}
    login.jobs = {"85_0": ("RUNNING", "sweep"), "85_[1-7%1]": ("PENDING", "sweep")}
    login.watcher.start()
    await login.poll()
    login.jobs = {
        "85_0": ("COMPLETED", "sweep"), "85_1": ("RUNNING", "sweep"), "85_[2-7%1]": ("PENDING", "sweep")
    }  # fmt: skip
    await login.poll()
    rows = {job.key: (job.id, job.state) for job in login.watcher.snapshot.jobs}
    assert rows == {
        "87": ("85_1", JobState.RUNNING),
        "85_[waiting]": ("85_[2-7%1]", JobState.PENDING),
        "85_[ended]": ("85_0", JobState.DONE),
    }


async def test_tasks_that_ran_while_nobody_looked_are_told_with_the_others_in_one_row(login: Login) -> None:
    login.raw = {"85_0": "86", "85_[1-7%1]": "85"}
    login.jobs = {"85_0": ("RUNNING", "sweep"), "85_[1-7%1]": ("PENDING", "sweep")}
    login.watcher.start()
    await login.poll()
    row = "{0}\x1f{1}\x1f0:0\x1f1:00\x1fx\x1fc1\x1f85_{2}\n"
    login.accounting = row.format(86, "COMPLETED", 0) + "".join(
        row.format(86 + task, "FAILED" if task == 3 else "COMPLETED", task) for task in range(1, 7)
    )
    login.jobs = {}
    await login.poll()
    [job] = login.watcher.snapshot.jobs
    assert (job.id, job.key, job.state) == ("85_[0-7]", "85_[ended]", JobState.FAILED)
    assert job.reason.text == "6 done, 1 unknown, 1 failed"
    assert not job.killable


@asynccontextmanager
async def longest_stop() -> AsyncIterator[list[float]]:
    """Measure the most that the event loop's thread computed at a time, in seconds of its processor."""
    found = [0.0]

    async def tick() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            found[0], before = max(found[0], now - before), now

    task = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    yield found
    await asyncio.sleep(0.01)  # so that a stop up to now is seen
    task.cancel()


async def test_a_huge_queue_is_read_beside_the_loop(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda count: MARK)
    login.jobs = {str(number): ("RUNNING", f"job {number}") for number in range(50_000)}
    began = time.thread_time()
    printed = login._listed(MARK).encode()
    SLURM.queue.parse_list(printed, MARK)
    alone = time.thread_time() - began
    login.run = read_before(printed)  # type: ignore[method-assign]
    login.watcher._hub.publish = lambda event: None  # type: ignore[method-assign]
    login.watcher.start()
    async with longest_stop() as found:
        await login.poll()
    assert len(login.watcher.snapshot.jobs) == 50_000
    assert found[0] < alone / 2, f"the loop was held for {found[0]:.3f} s; to read it takes {alone:.3f} s"


def read_before(printed: bytes) -> Callable[..., Any]:
    """Return what runs commands, where each poll prints the same."""
    cut = f"\x1e{MARK}\x1e".encode()
    answer = printed + cut + b"0" + cut

    async def run(script: str, limit: float = 25.0) -> CommandResult:
        await asyncio.sleep(0)
        return CommandResult(0, answer if MARK in script else PARTITIONS.encode(), b"")

    return run
