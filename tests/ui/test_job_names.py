"""Stories of jobs with odd names, of their facts in a narrow window, and of keys that act on a job."""

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState, KillPart, Snapshot
from jupystra_tui.model.reason import unknown_reason
from jupystra_tui.text import Secret
from jupystra_tui.ui.screens.job_details import JobDetails
from jupystra_tui.ui.screens.jobs import JobsScreen
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard
from tests.ui.stories import LAB, QUEUE

WIDE = (120, 40)
HOSTILE = (
    "job[/abc]x",
    "[bold red]loud[/]",
    "日本語のジョブ名はとても長い名前",
    "👩‍🔬👩‍🔬 laboratory",
    "$(reboot) `ls` \\",
)


@pytest.mark.parametrize("size", [(40, 12), (80, 24), WIDE], ids=str)
async def test_hostile_names_are_shown_harmlessly_and_acted_on(
    worker: FakeWorker, size: tuple[int, int]
) -> None:
    jobs = tuple(replace(LAB, id=f"{i}", key=f"{i}", name=name) for i, name in enumerate(HOSTILE))
    pending = Job("9", "9", HOSTILE[0], JobState.PENDING, reason=unknown_reason("[/]Odd[reason]"))
    async with dashboard(worker, size) as (pilot, _):
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON, (*jobs, pending))))
        await until(pilot, lambda: "job[/abc]x" in seen(pilot))
        for _ in HOSTILE:
            await pilot.press("down")
        part = KillPart("0", JobState.RUNNING, HOSTILE[0])
        worker.expect(protocol.PlanKill, protocol.KillPlan((part,)), always=True)
        worker.expect(protocol.Cancel, protocol.Killed((part,)))
        await pilot.press("home", "k", "y")
        assert [part.id for part in (await worker.was_asked(protocol.Cancel)).parts] == ["0"]


async def test_in_a_narrow_window_the_facts_open_as_a_sheet(worker: FakeWorker) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, app):
        assert "/home/alice/projects/atlas" not in seen(pilot)
        assert "READY" in seen(pilot)
        await pilot.press("space")
        await until(
            pilot, lambda: isinstance(app.screen, JobDetails) and "/home/alice/projects/atlas" in seen(pilot)
        )
        await pilot.press("space")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: "/home/alice/projects/atlas" in seen(pilot))


async def test_lines_that_could_not_be_read_are_said(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, unread=("?x", "?y"))))
        await until(pilot, lambda: "6 · 2 lines could not be read" in seen(pilot))


async def test_copying_the_address(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.endswith("?token=s3cret"))
        assert "s3cret" not in seen(pilot)


async def test_refreshing(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.Refresh)
        await pilot.press("r")
        assert await worker.was_asked(protocol.Refresh) == protocol.Refresh("o2")
