"""A job that the queue no longer lists has ended only where the scheduler says so."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Cluster, JobState
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker import missing_jobs
from jupystra_tui.worker.missing_jobs import MissingJobs


class Accounting:
    """Knows the endings that the test sets."""

    def __init__(self) -> None:
        self.ends: dict[str, tuple[JobState, str]] = {}

    def finished_command(self, jobs: tuple[str, ...]) -> tuple[str, ...]:
        return ("sacct", *jobs)

    def finished_fallback_script(self, jobs: tuple[str, ...]) -> str:
        return "scontrol"

    def parse_finished(self, text: str) -> dict[str, tuple[JobState, str]]:
        return self.ends

    parse_finished_fallback = parse_finished


class Session:
    """Counts commands; `away` lets them fail."""

    def __init__(self) -> None:
        self.cluster = Cluster("hpc", "hpc")
        self.accounting = Accounting()
        self.site = SimpleNamespace(scheduler=SimpleNamespace(accounting=self.accounting))
        self.away = False
        self.commands = 0

    async def run(self, script: str, limit: float = 25.0) -> CommandResult:
        self.commands += 1
        if self.away:
            raise ConnectError("away")
        return CommandResult(0, b"", b"")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


async def test_an_ending_in_the_accounting_is_returned_and_asked_for_once_a_minute(
    clock: list[float],
) -> None:
    session: Any = Session()
    jobs = MissingJobs()
    assert await jobs.ended(session, "42") == ""
    asked = session.commands
    session.accounting.ends = {"42": (JobState.DONE, "COMPLETED")}
    assert await jobs.ended(session, "42") == ""
    assert session.commands == asked
    clock[0] += missing_jobs.ASK_PAUSE
    assert await jobs.ended(session, "42") == f"its job has ended: {JobState.DONE.value}"


async def test_an_hour_without_an_answer_ends_no_job_and_an_hour_of_answers_does(clock: list[float]) -> None:
    session: Any = Session()
    jobs = MissingJobs()
    session.away = True
    assert await jobs.ended(session, "42") == ""
    clock[0] += missing_jobs.UNKNOWN_SECONDS + 1
    assert await jobs.ended(session, "42") == ""
    session.away = False
    clock[0] += missing_jobs.ASK_PAUSE
    assert await jobs.ended(session, "42") == "the scheduler no longer knows its job"
