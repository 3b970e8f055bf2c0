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
    polls = PollCount("a1", 2)
    assert not polls.observe(poll(1.0))
    assert not polls.observe(poll(1.0))
    assert polls.observe(poll(2.0))
    assert polls.count == 2
    polls.reset()
    assert not polls.observe(poll(3.0))


def test_no_limit_never_runs_out() -> None:
    assert not any(PollCount("a1", 0).observe(poll(float(at))) for at in range(50))


def test_a_job_that_runs_or_a_launch_that_went_on_does_not_count() -> None:
    polls = PollCount("a1", 1)
    assert not polls.observe(poll(1.0, JobState.RUNNING))
    assert not polls.observe(poll(2.0, launch=replace(WAITING, steps=(Step(StepName.WAIT, StepState.DONE),))))
    assert not polls.observe(State())
    assert polls.observe(poll(3.0))
