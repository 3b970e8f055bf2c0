"""A queue that is not up to date says why on the jobs screen, also in a narrow window; the old jobs stay."""

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from jupystra_tui import protocol
from jupystra_tui.model import Problem, SessionPhase, Snapshot
from jupystra_tui.ui.job_note import session_note
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import QUEUE, SESSION

AWAY = Problem(
    "The scheduler does not answer: slurmctld is away",
    "Jobs that run go on running. Try again in a few minutes; the site may be working on it.",
)
CHANGED = Problem("The host key of o2.example.edu has changed", "Somebody may be listening: ask the site.")


def words(text: str) -> str:
    """Return what is on the screen as one line, without frames."""
    return " ".join(text.replace("│", " ").split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
@pytest.mark.parametrize(
    ("phase", "problem"),
    [
        (SessionPhase.UP, AWAY),
        (SessionPhase.LOST, Problem("o2 does not answer", "It is tried again in 8 s.")),
        (SessionPhase.WAITING, Problem("The connection is gone, and logging in again needs you")),
        (SessionPhase.DOWN, CHANGED),
    ],
    ids=lambda value: value.name if isinstance(value, SessionPhase) else "",
)
async def test_the_reason_is_shown_beside_the_old_jobs(
    worker: FakeWorker, size: tuple[int, int], phase: SessionPhase, problem: Problem
) -> None:
    async with dashboard(worker, size) as (pilot, _):
        old = replace(QUEUE, taken=NOON - 240)
        worker.tell(protocol.SnapshotTaken(old))
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=phase, problem=problem)))
        await until(pilot, lambda: all(word in seen(pilot) for word in problem.title.split()))
        shown = words(seen(pilot))
        assert "Last updated 4 min ago" in shown
        assert "dask-explore" in shown
        worker.tell(protocol.SessionChanged(SESSION))
        await until(pilot, lambda: "min ago ─" not in seen(pilot))


@pytest.mark.parametrize("taken", [True, False])
async def test_the_reason_is_shown_if_there_are_no_jobs(worker: FakeWorker, taken: bool) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, app):
        if taken:
            worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON - 240)))
        else:
            app.state = replace(app.state, snapshots={})
        worker.tell(protocol.SessionChanged(replace(SESSION, problem=AWAY)))
        await until(pilot, lambda: "slurmctld is away" in seen(pilot))
        assert "No jobs in the queue" not in seen(pilot)


@SIZES
async def test_looks(worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, size) as (pilot, _):
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, taken=NOON - 240)))
        worker.tell(protocol.SessionChanged(replace(SESSION, problem=AWAY)))
        await until(pilot, lambda: "slurmctld" in seen(pilot))
        assert await looks_as_before(pilot, snapshot)


def test_the_note_ends_with_what_the_scheduler_itself_said() -> None:
    said = "batch system daemon not responding ... still trying"
    problem = Problem("The scheduler does not answer", "Try again.", f"{said}\n{said}\n")
    note = session_note(replace(SESSION, problem=problem), taken=0.0)
    assert note
    assert note.sentences[-1] == ((said, "dim"),)
