"""A job that is submitted is never lost: however `start` ends, it names it in its one JSON object."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from jupystra_tui.demo import PracticeCluster

from ..front_end import worker_pid
from .running import Ended, Running, jupystra, start, told


def submitted(verb: Running) -> str:
    """Return the job of a start under way, as soon as it has one."""
    [job] = re.findall(r"job (\d+)", verb.says("submit: job "))
    return str(job)


def named(ended: Ended, status: int, job: str) -> dict[str, Any]:
    """Return the output for a job that continues."""
    assert ended.status == status, ended
    assert (ended.told["job_id"], ended.told["state"]) == (job, "pending")
    assert f"`jupystra connect {job}`" in ended.told["problem"]["hint"]
    return dict(ended.told)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_wait_names_the_job_that_continues(
    slow_queue: PracticeCluster, worker: Path, number: signal.Signals
) -> None:
    with Running(*start(slow_queue), "--wait", "--json") as verb:
        job = submitted(verb)
        fields = named(verb.hears(number), 130, job)
    assert fields["problem"]["title"] == f"Interrupted; job {job} continues"
    assert job in [one["job_id"] for one in told("list")[1]["jobs"]]


def test_when_the_worker_ends_the_hint_is_not_to_start_again(
    slow_queue: PracticeCluster, worker: Path
) -> None:
    with Running(*start(slow_queue), "--wait", "--json") as verb:
        job = submitted(verb)
        os.kill(worker_pid(), signal.SIGKILL)
        fields = named(verb.ends(), 3, job)
    assert fields["problem"]["title"] == "The worker ended"
    assert "again" not in fields["problem"]["hint"]


def test_after_count_polls_the_job_is_left_without_a_terminal(
    slow_queue: PracticeCluster, worker: Path
) -> None:
    ended = jupystra(*start(slow_queue), "--count", "1", "--wait", "--json")
    job = ended.told["job_id"]
    fields = named(ended, 1, job)
    assert fields["error"]["title"] == f"Job {job} is still pending"
    states = {one["job_id"]: one["state"] for one in told("list")[1]["jobs"]}
    assert states[job] == "pending"
    waiting = jupystra("log", job)
    assert (waiting.status, waiting.out) == (1, "")
    assert "has no log yet" in waiting.err


def test_a_command_that_fails_ends_the_job_and_is_named(practice: PracticeCluster, worker: Path) -> None:
    commands = ("echo grün", "false")
    ended = jupystra(
        *start(practice), "--wait", "--json", "-o", "jöb.out", "--cmds", *commands, PYTHONIOENCODING="ascii"
    )
    assert ended.status == 4, ended
    assert (ended.told["state"], ended.told["ready"]) == ("failed", False)
    assert ended.told["log"].endswith("jöb.out")
    assert "set-up command failed" in ended.told["problem"]["title"]
    shown = jupystra("log", ended.told["job_id"], PYTHONIOENCODING="ascii")
    assert shown.status == 0, shown
    assert r"gr\xfcn" in shown.out
