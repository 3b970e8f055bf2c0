"""`--count`: the polls in which a launch's job is pending."""

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.frontend.polls import PollCount
from jupystra_tui.frontend.state import State
from jupystra_tui.model import Job, JobRequest, JobState, Launch, Snapshot, Step, StepName, StepState

WAITING = Launch("a1", "hpc", JobRequest(), (Step(StepName.WAIT, StepState.NOW),), job="42")


def poll(taken: float, state: JobState = JobState.PENDING, launch: Launch = WAITING) -> State:
    snapshot = Snapshot("hpc", taken, (Job("42", "42", "lab", state),))
    return State().apply(protocol.LaunchChanged(launch)).apply(protocol.SnapshotTaken(snapshot))


def test_it_runs_out_after_so_many_polls_and_counts_each_once() -> None:
    polls = PollCount("a1", 2).observe(poll(1.0)).observe(poll(1.0))
    assert (polls.count, polls.reached) == (1, False)
    polls = polls.observe(poll(2.0))
    assert (polls.count, polls.reached) == (2, True)
    polls = polls.extend().observe(poll(3.0))
    assert (polls.count, polls.reached) == (3, False)
    assert polls.observe(poll(4.0)).reached


def test_a_poll_before_the_submission_does_not_count() -> None:
    submitting = replace(WAITING, steps=(Step(StepName.SUBMIT, StepState.NOW),), job="")
    polls = PollCount("a1", 1).observe(poll(1.0, launch=submitting)).observe(poll(1.0))
    assert (polls.count, polls.reached) == (0, False)
    assert polls.observe(poll(2.0)).reached


def test_no_limit_never_runs_out() -> None:
    polls = PollCount("a1", 0)
    for taken in range(1, 50):
        polls = polls.observe(poll(float(taken)))
        assert not polls.reached


def test_a_job_that_runs_or_a_launch_that_went_on_does_not_count() -> None:
    polls = PollCount("a1", 1)
    assert polls.observe(poll(1.0, JobState.RUNNING)) == polls
    gone_on = replace(WAITING, steps=(Step(StepName.WAIT, StepState.DONE),))
    assert polls.observe(poll(2.0, launch=gone_on)).count == 0
    assert polls.observe(State()) == polls
    assert polls.observe(poll(3.0)).reached
