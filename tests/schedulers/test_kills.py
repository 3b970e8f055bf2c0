"""A kill ends only jobs that were confirmed and are still in the same state."""

import pytest

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Job, JobState, KillPart
from jupystra_tui.schedulers.kill_plan import decide, numbers, plan
from jupystra_tui.schedulers.lsf import SCHEDULER as LSF
from jupystra_tui.schedulers.slurm import SCHEDULER as SLURM
from tests.schedulers.captures import MARK
from tests.schedulers.lsf_captures import look, said
from tests.schedulers.test_slurm_listing import record

P, R = JobState.PENDING, JobState.RUNNING
ARRAY = (
    record("111_4", A="115"),
    record("111_[5-7%1]", A="111", T="PENDING"),
    record("111_3", A="114", T="COMPLETED"),
    record("111_2", A="113", T="COMPLETING"),
)


def listed(*records: str) -> tuple[Job, ...]:
    return SLURM.queue.parse_list("".join(records).encode(), MARK).jobs


def ids(found: tuple[KillPart, ...]) -> list[tuple[str, JobState]]:
    return [(part.id, part.state) for part in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("111", [("111_4", R), ("111_[5-7]", P)]),
        ("111_[4-7%1]", [("111_4", R), ("111_[5-7]", P)]),
        ("111_[5-7]", [("111_[5-7]", P)]),
        ("111_6", [("111_6", P)]),
        ("111_4", [("111_4", R)]),
        ("115", [("111_4", R)]),
        ("111_3", []),
        ("111_2", []),
        ("112", []),
    ],
)
def test_a_name_means_the_jobs_that_exist_now(name: str, expected: list[tuple[str, JobState]]) -> None:
    assert ids(plan(listed(*ARRAY), [name], SLURM.queue).parts) == expected


def test_the_last_task_has_the_array_s_number_and_a_kill_of_it_ends_no_other() -> None:
    """As Slurm lists it: 84_3 took the array's own number, and `scancel 84` would end 84_1 too."""
    jobs = listed(record("84_3", A="84"), record("84_1", A="85"))
    assert ids(plan(jobs, ["84_3"], SLURM.queue).parts) == [("84_3", R)]
    assert ids(plan(jobs, ["84"], SLURM.queue).parts) == [("84_[1,3]", R)]


def test_names_without_a_job_are_reported() -> None:
    assert plan(listed(*ARRAY), ["111_3", "111_4", "7"], SLURM.queue).missing == ("111_3", "7")


def test_a_heterogeneous_job_is_killed_whole() -> None:
    jobs = listed(record("12+0", A="12", T="PENDING"), record("12+1", A="13", T="PENDING"))
    assert ids(plan(jobs, ["12+1"], SLURM.queue).parts) == [("12", P)]
    assert numbers(["12+1"], SLURM.queue) == ("12",)


def test_elements_of_lsf() -> None:
    jobs = LSF.queue.parse_list(look("wide", said("bjobs-mixed-w").out, said("bjobs-p-w").out), MARK).jobs
    assert ids(plan(jobs, ["15"], LSF.queue).parts) == [("15[1-3]", R)]
    assert ids(plan(jobs, ["16[2-4]"], LSF.queue).parts) == [("16[2-4]", P)]


@pytest.mark.parametrize("name", ["", "x", "1;id x", "1;$(id)", "1;", "1;-M", "-u", "1 2", "111_[waiting]"])
def test_other_texts_are_not_ids(name: str) -> None:
    for scheduler in (SLURM.queue, LSF.queue):
        with pytest.raises(SchedulerError, match="not a job id"):
            numbers([name], scheduler)


@pytest.mark.parametrize(
    ("confirmed", "now", "kill", "ask"),
    [
        ([("111_4", R), ("111_[5-7]", P)], [("111_4", R), ("111_[5-7]", P)], ["111_4", "111_[5-7]"], []),
        ([("111_[5-7]", P)], [("111_5", R), ("111_[6-7]", P)], ["111_[6-7]"], ["111_5"]),
        ([("111_4", R), ("111_[5-7]", P)], [("111_[5-6]", R), ("111_7", P)], ["111_7"], ["111_[5-6]"]),
        ([("42", P)], [("42", R)], [], ["42"]),
        ([("42", R)], [("42", P)], ["42"], []),
        ([("42", R)], [], [], []),
        ([("12", P)], [("12", R)], [], ["12"]),
    ],
)
def test_only_what_was_confirmed_in_its_present_state_is_killed(
    confirmed: list[tuple[str, JobState]], now: list[tuple[str, JobState]], kill: list[str], ask: list[str]
) -> None:
    was, fresh = ([KillPart(*part) for part in one] for one in (confirmed, now))
    decision = decide(fresh, was, SLURM.queue)
    assert [part.id for part in decision.kill] == kill
    assert [part.id for part in decision.ask] == ask
