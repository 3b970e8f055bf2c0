"""A submission whose answer is lost: asked for again, looked up, waited for, and never given up without a word."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import ConnectError, JupystraError, MaybeSubmitted, SchedulerError
from jupystra_tui.model import JobRequest, SessionPhase
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.worker.submitter import Submitter

from .launches import PREPARED, run

Answer = Callable[[str], CommandResult]
BREAK = ConnectError("The cluster closed the connection")
AWAY = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n"


def reported(end: str, code: int = 0, text: str = "", err: str = "") -> Answer:
    """What the script of a submission reports."""

    def answer(script: str) -> CommandResult:
        mark = script.split("report() { printf '\\036%s%s\\037%s\\037%s\\037%s' ")[1].split()[0]
        return CommandResult(0, f"\x1e{mark}{end}\x1f{code}\x1fyes\x1f{text}".encode(), err.encode())

    return answer


class LoginNode:
    """A session whose login node answers submissions and lookups in turn, the last answer again and again."""

    def __init__(self, submissions: list[Answer | JupystraError], lookups: list[CommandResult]) -> None:
        self.site = SimpleNamespace(scheduler=SLURM)
        self.shown = SimpleNamespace(phase=SessionPhase.UP)
        self.submissions, self.lookups = submissions, lookups
        self.submitted = self.looked_up = 0
        self.said: list[str] = []
        self.left = asyncio.Event()

    async def connection(self) -> Any:
        return self

    async def run_long(self, script: str, limit: float, on_err: Any) -> CommandResult:
        self.submitted += 1
        answer = self.submissions.pop(0) if len(self.submissions) > 1 else self.submissions[0]
        if isinstance(answer, JupystraError):
            raise answer
        return answer(script)

    async def run_on_second_shell(self, script: str, limit: float) -> CommandResult:
        self.looked_up += 1
        return self.lookups.pop(0) if len(self.lookups) > 1 else self.lookups[0]

    async def job(self) -> str:
        submitter = Submitter(self, JobRequest(), PREPARED, self.said.append, self.left)  # type: ignore[arg-type]
        return (await submitter.run()).job


NONE = CommandResult(0, b"12 jupystra:other\n", b"")
FOUND = CommandResult(0, b"12 jupystra:other\n13 jupystra:t1\n", b"")


def test_after_a_break_the_first_answer_is_told() -> None:
    async def story() -> None:
        node = LoginNode([BREAK, BREAK, reported("known", text="13")], [NONE])
        assert await node.job() == "13"
        assert (node.submitted, node.looked_up) == (3, 0)
        assert "once the connection is back" in node.said[-1]

    run(story())


def test_an_attempt_without_an_answer_is_looked_up_for_minutes() -> None:
    async def story() -> None:
        node = LoginNode([BREAK, reported("unfinished")], [*[NONE] * 30, FOUND])
        assert await node.job() == "13"
        assert node.looked_up == 31
        assert asyncio.get_running_loop().time() > 300.0

    run(story())


def test_what_is_known_of_a_job_that_is_not_found_is_said_at_last() -> None:
    async def story() -> None:
        node = LoginNode([reported("unfinished")], [NONE])
        with pytest.raises(MaybeSubmitted, match="has not said whether it took the job") as caught:
            await node.job()
        assert "No job of this launch (jupystra:t1) was found at " in caught.value.hint
        assert 600.0 < asyncio.get_running_loop().time() < 700.0
        assert node.looked_up < 60

    run(story())


def test_a_scheduler_that_cannot_be_asked_is_no_scheduler_without_the_job() -> None:
    async def story() -> None:
        node = LoginNode([reported("unfinished")], [CommandResult(1, b"", AWAY.encode())])
        with pytest.raises(MaybeSubmitted) as caught:
            await node.job()
        assert (
            "could not be asked about it: The scheduler does not answer: slurmctld is down"
            in caught.value.hint
        )

    run(story())


def test_a_timeout_of_the_scheduler_is_looked_up_and_a_refusal_is_not() -> None:
    timed_out = "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"
    refused = "sbatch: error: Batch job submission failed: Invalid qos specification\n"

    async def story() -> None:
        node = LoginNode([reported("answered", 1, err=timed_out)], [NONE, FOUND])
        assert await node.job() == "13"
        node = LoginNode([reported("answered", 1, err=timed_out)], [NONE])
        began = asyncio.get_running_loop().time()
        with pytest.raises(MaybeSubmitted):
            await node.job()
        assert 30.0 < asyncio.get_running_loop().time() - began < 60.0
        node = LoginNode([reported("answered", 1, err=refused)], [NONE])
        with pytest.raises(SchedulerError, match="Invalid qos"):
            await node.job()
        assert node.looked_up == 0

    run(story())


def test_a_person_may_leave_while_it_is_waited_for() -> None:
    async def story() -> None:
        node = LoginNode([BREAK], [NONE])
        waiting = asyncio.ensure_future(node.job())
        await asyncio.sleep(100.0)
        began = asyncio.get_running_loop().time()
        node.left.set()
        with pytest.raises(MaybeSubmitted, match="has not said") as caught:
            await waiting
        assert "check the queue" in caught.value.hint
        assert asyncio.get_running_loop().time() - began < 5.0

    run(story())


def test_a_login_that_failed_before_anything_was_sent_is_an_error_at_once() -> None:
    async def story() -> None:
        node = LoginNode([BREAK], [NONE])
        node.shown.phase = SessionPhase.DOWN
        node.connection = lambda: _fail(BREAK)  # type: ignore[method-assign]
        with pytest.raises(ConnectError, match="closed the connection"):
            await node.job()

    run(story())


async def _fail(error: JupystraError) -> Any:
    raise error
