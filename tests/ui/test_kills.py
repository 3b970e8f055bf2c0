"""Killing from the jobs screen: what it would end is asked, shown, confirmed, and asked again."""

import asyncio

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState, KillPart, Problem, Snapshot
from jupystra_tui.model.reason import Reason
from jupystra_tui.ui.job_note import job_note
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.stray_keys import SILENCE
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard
from tests.ui.stories import JOBS, LAB, QUEUE
from tests.ui.test_jobs import row

RUNNING_LAB = KillPart("4711", JobState.RUNNING, LAB.name)


async def test_killing_a_job(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.PlanKill, protocol.KillPlan((RUNNING_LAB,)))
        worker.expect(protocol.Cancel, protocol.Killed((RUNNING_LAB,)))
        await pilot.press("k", "y")
        assert (await worker.was_asked(protocol.Cancel)) == protocol.Cancel("o2", (RUNNING_LAB,))
        assert "● running" in row(pilot, "4711"), "the screen never guesses a state"
        await until(pilot, lambda: "READY" not in seen(pilot) and "◐ kill requested" in seen(pilot))
        gone = replace(LAB, state=JobState.CANCELLED, left=None)
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=(gone, *JOBS[1:]), servers=())))
        await until(pilot, lambda: "× cancelled" in row(pilot, "4711"))


async def test_a_kill_of_an_array_names_what_it_ends_and_asks_again_about_what_began_to_run(
    worker: FakeWorker,
) -> None:
    waiting = Job("111_[4-7%1]", "111_[waiting]", "sweep", JobState.PENDING, array="111", tasks="4-7")
    running, pending = KillPart("111_4", JobState.RUNNING), KillPart("111_[5-7]", JobState.PENDING)
    begun, rest = KillPart("111_5", JobState.RUNNING), KillPart("111_[6-7]", JobState.PENDING)
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON, (waiting,))))
        await until(pilot, lambda: "111_[4-7%1]" in seen(pilot))
        worker.expect(protocol.PlanKill, protocol.KillPlan((running, pending)))
        answered = worker.hold(protocol.PlanKill)
        await pilot.press("k", "y")
        await until(pilot, lambda: "Asking the scheduler which jobs this kills" in seen(pilot))
        assert not any(isinstance(body, protocol.Cancel) for body in worker.asked), (
            "it is not known yet what to confirm"
        )
        answered.set()
        await until(pilot, lambda: "This kills: 111_4 running, 111_[5-7] pending." in seen(pilot))
        worker.expect(protocol.Cancel, protocol.Killed((running, rest), (begun,)))
        await pilot.press("y")
        assert (await worker.was_asked(protocol.Cancel)).parts == (running, pending)
        await until(pilot, lambda: "Started in the meantime: 111_5." in seen(pilot))
        worker.expect(protocol.Cancel, protocol.Killed((begun,)))
        await asyncio.sleep(SILENCE)
        await pilot.press("y")
        assert (await worker.was_asked(protocol.Cancel, 2)).parts == (begun,)


@pytest.mark.parametrize(
    "job",
    [
        Job("85_[3-7]", "85_[waiting]", "sweep", JobState.UNKNOWN, array="85", tasks="3-7", listed=False),
        Job("42", "42", "old", JobState.UNKNOWN, listed=False),
        Job("42", "42", "old", JobState.ENDING),
        Job("42", "42", "old", JobState.DONE),
        Job("30_[1,3,5,...", "30_[waiting]", "cut", JobState.PENDING, array="30"),
    ],
    ids=lambda job: f"{job.id} {job.state.value}",
)
async def test_a_row_that_the_scheduler_no_longer_has_offers_no_kill(worker: FakeWorker, job: Job) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON, (job,))))
        await until(pilot, lambda: "4711" not in seen(pilot) and job.id in seen(pilot))
        assert "Kill" not in seen(pilot).splitlines()[-1]
        offered = [
            binding.action for _, binding, enabled, _ in app.screen.active_bindings.values() if enabled
        ]
        assert not {"kill", "connect", "browser", "copy", "script"} & set(offered)
        await pilot.press("k", "y")
        await pilot.pause()
        assert isinstance(app.screen, JobsScreen)


async def test_a_job_that_ended_meanwhile_is_not_killed_and_that_is_said(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.PlanKill, protocol.KillPlan((), ("4711",)))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "Job 4711 is not in the queue" in seen(pilot)
        assert not any(isinstance(body, protocol.Cancel) for body in worker.asked)


async def test_a_kill_that_is_refused_leaves_the_server_ready(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.PlanKill, protocol.KillPlan((RUNNING_LAB,)), always=True)
        worker.expect(protocol.Cancel, Problem("The scheduler refuses"))
        await pilot.press("k", "y")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        await pilot.press("enter")
        await until(pilot, lambda: "● READY" in seen(pilot))


async def test_a_kill_thought_better_of(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.PlanKill, protocol.KillPlan((RUNNING_LAB,)), always=True)
        await pilot.press("k", "escape")
        await until(pilot, lambda: app.screen is app.screen_stack[0])
        assert not any(isinstance(body, protocol.Cancel) for body in worker.asked)


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (JobState.FAILED, "6 done, 1 failed", "Of its tasks: 6 done, 1 failed."),
        (JobState.UNKNOWN, "", "whether it succeeded is not known"),
        (JobState.DONE, "", "It completed."),
    ],
)
def test_the_ended_tasks_of_an_array_are_summarized(state: JobState, reason: str, said: str) -> None:
    job = Job(
        "85_[0-6]",
        "85_[ended]",
        "sweep",
        state,
        reason=Reason(reason, reason, reason),
        array="85",
        tasks="0-6",
        listed=False,
    )
    note = job_note(JobView(job), str)
    assert said in "".join(text for sentence in note.sentences for text, _ in sentence)
