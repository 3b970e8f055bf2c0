"""Stories of reading a job's log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Job, Problem
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.log import LogScreen
from jupystra_tui.ui.screens.log_lines import LogLines, wrapped
from tests.ui.conftest import until
from tests.ui.fake_worker import Answer, FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import LAB, OLD, WAITING, everything

PATH = "~/.jupystra/jobs/k3v9/job.log"
LINES = [
    f"[I 2026-01-01 11:{minute:02}:00 ServerApp] Kernel started: 8c1f6b2e [/abc]" for minute in range(60)
]
READ = protocol.LogRead(PATH, "\n".join(LINES))


@asynccontextmanager
async def log(
    worker: FakeWorker, job: Job, answer: Answer, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], LogScreen]]:
    """Open the log of a job in a dashboard that is logged in."""
    worker.tell(*everything())
    worker.expect(protocol.ReadLog, answer)
    app = JupystraApp(Config())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.snapshot)
        app.open_log(job)
        asked = await worker.was_asked(protocol.ReadLog)
        assert (asked.cluster, asked.job) == ("o2", job.key)
        await until(pilot, lambda: isinstance(app.screen, LogScreen) and "reading" not in shown(app.screen))
        screen = app.screen
        assert isinstance(screen, LogScreen)
        await pilot.pause()
        yield pilot, screen


def shown(screen: Any) -> str:
    """Return what is said in place of the log, empty while the log is there."""
    return str(screen.query_one("#notice").render()) if screen.has_class("-explaining") else ""


def window(screen: LogScreen) -> list[str]:
    """Return the visible lines."""
    lines = screen.query_one(LogLines)
    return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]


def subtitle(screen: LogScreen) -> str:
    """Return what the frame says below."""
    return str(screen.query_one(LogLines).border_subtitle)


async def test_the_end_is_shown_with_its_path(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (_, screen):
        assert window(screen)[-1] == LINES[-1]
        assert PATH in subtitle(screen)
        assert "following, every 3 s" in subtitle(screen)


async def test_new_lines_come_while_the_end_is_in_sight(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (pilot, screen):
        worker.expect(protocol.ReadLog, protocol.LogRead(PATH, READ.text + "\nnews"))
        screen.follow_log()
        await until(pilot, lambda: window(screen)[-1] == "news")


async def test_nothing_moves_while_the_user_reads_further_up(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (pilot, screen):
        await pilot.press("pageup")
        await until(pilot, lambda: not screen.query_one(LogLines).at_end)
        await pilot.wait_for_scheduled_animations()
        before = window(screen)
        screen.follow_log()
        await pilot.pause()
        assert window(screen) == before
        assert "not following" in subtitle(screen)
        worker.expect(protocol.ReadLog, READ)
        await pilot.press("end")
        await until(pilot, lambda: screen.query_one(LogLines).at_end)
        screen.follow_log()
        await worker.was_asked(protocol.ReadLog, 2)


async def test_a_job_that_is_over_is_read_once(worker: FakeWorker) -> None:
    async with log(worker, OLD, READ) as (pilot, screen):
        screen.follow_log()
        await pilot.pause()
        assert "the job has ended: timed out" in subtitle(screen)


@pytest.mark.parametrize(
    ("job", "answer", "said"),
    [
        (WAITING, protocol.LogRead(PATH, ""), "has not started yet"),
        (LAB, protocol.LogRead(PATH, "\n"), "has not written any output yet"),
        (OLD, protocol.LogRead(PATH, ""), "ended without output"),
        (OLD, Problem("There is no log of job 4671", "It was removed."), "It was removed."),
    ],
)
async def test_no_log_is_explained(worker: FakeWorker, job: Job, answer: Answer, said: str) -> None:
    async with log(worker, job, answer) as (_, screen):
        assert said in shown(screen)


async def test_what_was_read_stays_when_the_cluster_is_away(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (pilot, screen):
        worker.expect(protocol.ReadLog, Problem("o2 does not answer"))
        screen.follow_log()
        await until(pilot, lambda: "o2 does not answer" in subtitle(screen))
        assert window(screen)[-1] == LINES[-1]


async def test_escape_leaves(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (pilot, screen):
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_a_resized_window_keeps_the_end_in_sight(worker: FakeWorker) -> None:
    async with log(worker, LAB, READ) as (pilot, screen):
        await pilot.resize_terminal(40, 20)
        await until(pilot, lambda: screen.query_one(LogLines).at_end and "[/abc]" in window(screen)[-1])


@pytest.mark.parametrize("text", ["", "plain", "x" * 25, "日本語" * 7, "a日b本" * 5, "👩‍🔬 e\u0301"])
def test_wrapping_loses_nothing_and_fits(text: str) -> None:
    from rich.cells import cell_len

    rows = wrapped(text, 10)
    assert "".join(rows) == text
    assert all(cell_len(row) <= 10 for row in rows)


@SIZES
async def test_looks(worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    log_ = replace(READ, text=READ.text + "\n警告 a wide line\n" + "long " * 60)
    async with log(worker, LAB, log_, size) as (pilot, _):
        assert await looks_as_before(pilot, snapshot)
