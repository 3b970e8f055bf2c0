"""Arrays: one row for what waits, one for what has ended, however their parts shrink and merge."""

import pytest
from msgspec.structs import replace

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.tasks import parse_tasks, show_tasks
from jupystra_tui.schedulers.arrays import fold
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.schedulers.lsf_captures import MARK, look, said


def task(number: int, state: JobState, *, listed: bool = True) -> Job:
    return Job(f"85_{number}", str(90 + number), "sweep", state, array="85", tasks=str(number), listed=listed)


@pytest.mark.parametrize(
    ("text", "tasks", "shown"),
    [
        ("3", {3}, "3"),
        ("0-3,8", {0, 1, 2, 3, 8}, "0-3,8"),
        ("1-9:4", {1, 5, 9}, "1,5,9"),
        ("8,7,6", {6, 7, 8}, "6-8"),
        ("0-2,1-3", {0, 1, 2, 3}, "0-3"),
    ],
)
def test_sets_of_tasks(text: str, tasks: set[int], shown: str) -> None:
    assert parse_tasks(text) == frozenset(tasks)
    assert show_tasks(tasks) == shown


@pytest.mark.parametrize("text", ["", "a", "1-", "-1", "3-1", "1-9:0", "0-999999999", "1,,2", "1 ", "١"])
def test_other_texts_are_not_sets_of_tasks(text: str) -> None:
    assert parse_tasks(text) is None


def test_the_ended_tasks_of_an_array_are_one_row_and_the_running_ones_stay() -> None:
    ended = [task(0, JobState.DONE), task(1, JobState.FAILED), task(2, JobState.DONE, listed=False)]
    running, other = task(3, JobState.RUNNING), Job("7", "7", "lab", JobState.DONE)
    rows = fold([*ended, running, other], SLURM.queue)
    assert [row.key for row in rows] == ["85_[ended]", "93", "7"]
    assert (rows[0].id, rows[0].tasks, rows[0].state) == ("85_[0-2]", "0-2", JobState.FAILED)
    assert rows[0].reason.text == "2 done, 1 failed"


def test_the_first_task_to_end_has_the_row_that_the_others_join() -> None:
    [first] = fold([task(0, JobState.DONE)], SLURM.queue)
    [both] = fold([task(0, JobState.DONE), task(1, JobState.DONE)], SLURM.queue)
    assert first.key == both.key
    assert (first.id, both.id, both.reason.text) == ("85_0", "85_[0-1]", "")


def test_a_task_that_had_a_server_keeps_its_row() -> None:
    rows = fold([task(0, JobState.DONE), task(1, JobState.DONE)], SLURM.queue, alone={"90"})
    assert [row.key for row in rows] == ["90", "85_[ended]"]


def test_waiting_elements_of_lsf_are_one_row() -> None:
    jobs = LSF.queue.parse_list(look("wide", said("bjobs-mixed-w").out, said("bjobs-p-w").out), MARK).jobs
    rows = {row.id: row for row in fold(jobs, LSF.queue)}
    assert {"15[1]", "15[2]", "15[3]", "16[1-6]"} <= set(rows)
    waiting = rows["16[1-6]"]
    assert (waiting.key, waiting.state, waiting.name) == ("16_[waiting]", JobState.PENDING, "arr")
    assert waiting.killable
    assert not replace(waiting, listed=False).killable
