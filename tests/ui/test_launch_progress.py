"""Stories of a launch from ^s to ready, or to its failure."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState, KillPart, Launch, Problem
from jupystra_tui.ui import server_actions
from jupystra_tui.ui.enabled import enabled
from jupystra_tui.ui.screens.confirm import ConfirmKill
from jupystra_tui.ui.screens.help import HelpScreen
from jupystra_tui.ui.screens.launch_controls import Commands
from jupystra_tui.ui.screens.log import LogScreen
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.launches import (
    DEFAULTS,
    NEW_TUNNEL,
    NOT_FOUND,
    READY,
    SCRIPT,
    form,
    launch_at,
    launched,
    progress,
    progress_of,
    remark,
    said,
    tell,
    write,
)
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import QUEUE, TUNNEL


async def test_the_story_of_a_launch(
    worker: FakeWorker, still_clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(server_actions, "open_browser", lambda app, tunnel: opened.append(tunnel))
    async with launched(worker, launch_at(0)) as (pilot, screen):
        tell(worker, launch_at(1, "Other jobs are before yours; it should start at 14:20."))
        await until(pilot, lambda: "Other jobs are before yours" in progress(screen))
        still_clock(60)
        screen.tick()
        assert "0:01:18" in progress(screen)
        worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
        tell(worker, READY)
        await until(pilot, lambda: "ready at http://127.0.0.1:8889/" in progress(screen))
        tell(worker, READY)
        await pilot.pause()
        assert opened == ["t9"], "the browser opens once by itself"
        await pilot.press("o")
        assert opened == ["t9", "t9"]
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_what_was_sent_is_what_the_worker_sent(worker: FakeWorker) -> None:
    """Each preview has a tag of its own: the one that is started is shown, whatever is answered after it."""
    tags = count(1)
    async with form(worker) as (pilot, screen):
        worker.expect(
            protocol.Preview,
            lambda _: protocol.Previewed(f"{SCRIPT}# {(tag := next(tags))}\n", tag=f"t{tag}"),
            always=True,
        )
        worker.expect(
            protocol.Start, lambda asked: protocol.Started("L1", f"{SCRIPT}# sent as {asked.tag}\n")
        )
        write(screen, "name", "another")  # its own preview comes after the one that is started
        await pilot.press("ctrl+s")
        started = await worker.was_asked(protocol.Start)
        tell(worker, launch_at(1))
        shown = await progress_of(pilot)
        await until(pilot, lambda: f"# sent as {started.tag}" in said(shown, "#script"))
        assert started.tag.startswith("t")


async def test_a_launch_that_is_left_before_it_was_sent_is_sent(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, protocol.Started("L1"))
        asked = len([asked for asked in worker.asked if isinstance(asked, protocol.Preview)])
        answer = worker.hold(protocol.Preview)
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Preview, asked + 1)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)
        answer.set()
        await worker.was_asked(protocol.Start)
        tell(worker, launch_at(1))
        await until(pilot, lambda: getattr(pilot.app, "launches", None))


async def test_escape_closes_the_screen_and_the_launch_continues(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(1)) as (pilot, screen):
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)
    assert not any(isinstance(asked, protocol.Cancel) for asked in worker.asked)


async def test_k_kills_after_a_question(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(1)) as (pilot, _):
        part = KillPart("4713", JobState.PENDING, "jupyter-lab")
        worker.expect(protocol.PlanKill, protocol.KillPlan((part,)))
        worker.expect(protocol.Cancel, protocol.Killed((part,)))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmKill))
        await pilot.press("y")
        assert await worker.was_asked(protocol.Cancel) == protocol.Cancel("o2", (part,))


async def test_a_job_that_was_killed_after_it_was_ready_is_said_to_be_over(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_actions, "open_browser", lambda app, tunnel: None)
    async with launched(worker, launch_at(4)) as (pilot, screen):
        tell(worker, READY)
        await until(pilot, lambda: "ready" in said(screen, "#end"))
        killed = Job("4713", "4713", "jupyter-lab", JobState.CANCELLED)
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=(killed,))))
        await until(pilot, lambda: "The job has ended: cancelled" in said(screen, "#end"))
        assert not screen.check_action("kill", ())
        assert not screen.check_action("browser", ())


async def test_a_failure_shows_the_log_and_leads_back_to_the_form(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(2, problem=NOT_FOUND)) as (pilot, screen):
        assert NOT_FOUND.title in progress(screen)
        assert NOT_FOUND.hint in progress(screen)
        log = screen.query_one("#log")
        await until(pilot, lambda: log.scroll_offset.y == log.max_scroll_y > 0)
        worker.expect(protocol.ReadLog, protocol.LogRead("job.log", "all of it"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen.query("#setup"))
        again = pilot.app.screen
        assert again.query_one("#setup", Commands).text == "module load gcc\nconda activate atlas"
        await worker.was_asked(protocol.Preview, 3)
        await until(pilot, lambda: remark(again, "setup") == f"! {NOT_FOUND.title}")
        worker.expect(protocol.Start, protocol.Started("L2"))
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start, 2)


async def test_the_form_comes_back_as_it_was_typed(worker: FakeWorker) -> None:
    """The script is submitted with `1.5G`; the form shows that again, not the megabytes of the request."""
    async with form(worker) as (pilot, screen):
        write(screen, "memory", "1.5G")
        worker.expect(protocol.Start, protocol.Started("L1"))
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start)
        tell(worker, launch_at(2, problem=NOT_FOUND))
        failed = await progress_of(pilot)
        await until(pilot, lambda: NOT_FOUND.title in progress(failed))
        await pilot.press("e")
        await until(pilot, lambda: remark(pilot.app.screen, "setup") == f"! {NOT_FOUND.title}")
        again = pilot.app.screen
        assert again.query_one("#memory", Input).value == "1.5G"
        write(again, "memory", "2G")
        await until(pilot, lambda: remark(again, "setup") == "")
        assert len(pilot.app.screen_stack) == 2
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def test_the_progress_waits_for_the_screen_over_the_form(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, protocol.Started("L1"))
        answer = worker.hold(protocol.Start)
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start)
        pilot.app.action_help()  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        answer.set()
        tell(worker, launch_at(1))
        await until(pilot, lambda: pilot.app.launches and not pilot.app.waits)  # type: ignore[attr-defined]
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await progress_of(pilot)
        assert screen not in pilot.app.screen_stack
        assert len([asked for asked in worker.asked if isinstance(asked, protocol.Start)]) == 1


async def test_the_progress_of_a_running_launch_opens_from_its_job(worker: FakeWorker) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, app):
        assert "p Progress" not in seen(pilot)
        tell(worker, replace(launch_at(3), job="4711"))
        await until(pilot, lambda: "p Progress" in seen(pilot))
        await pilot.press("p")
        screen = await progress_of(pilot)
        await until(pilot, lambda: "open tunnel" in progress(screen))
        assert "job 4711" in seen(pilot)
        assert not enabled("preview", screen.selection), "the script that was submitted is not known here"
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press("ctrl+p", *"progress")
        await until(pilot, lambda: "Show the progress of the job" in seen(pilot))
        await pilot.press("enter")
        screen = await progress_of(pilot)
        failed = replace(launch_at(3, problem=NOT_FOUND), job="4711", request=replace(DEFAULTS, memory=1536))
        tell(worker, failed)
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
        await until(pilot, lambda: NOT_FOUND.title in progress(screen))
        await pilot.press("e")
        await until(pilot, lambda: remark(app.screen, "setup") == f"! {NOT_FOUND.title}")
        assert app.screen.query_one("#memory", Input).value == "1536M"


async def test_a_refused_start_stays_in_the_form(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, Problem("o2 is not connected", "Log in again."))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.query_one("#form").display


async def test_a_worker_that_dies_is_no_endless_wait(worker: FakeWorker, revives: list[Path]) -> None:
    async with launched(worker, launch_at(2)) as (pilot, screen):
        worker.expect(protocol.Login, always=True)
        await worker.die()
        await until(pilot, lambda: "The worker ended" in progress(screen))


@SIZES
@pytest.mark.parametrize(
    "launch",
    [
        launch_at(1, "It is next in line and waits until enough cores are free."),
        launch_at(2, problem=NOT_FOUND),
    ],
    ids=["waiting", "failed"],
)
async def test_looks(
    worker: FakeWorker, launch: Launch, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    words = launch.problem.title if launch.problem else "next in line"
    async with launched(worker, launch, size) as (pilot, screen):
        log = screen.query_one("#log")
        await until(pilot, lambda: words in progress(screen))
        await until(pilot, lambda: not log.display or log.scroll_offset.y == log.max_scroll_y > 0)
        assert await looks_as_before(pilot, snapshot)


@SIZES
async def test_looks_when_ready(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_actions, "open_browser", lambda app, tunnel: None)
    worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
    async with launched(worker, launch_at(4), size) as (pilot, screen):
        worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
        tell(worker, READY)
        await until(pilot, lambda: "8889" in progress(screen))
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("size", [(40, 24), (20, 8)], ids=["40x24", "20x8"])
async def test_small_terminals_do_no_harm(worker: FakeWorker, size: tuple[int, int]) -> None:
    async with launched(worker, launch_at(2, problem=NOT_FOUND), size) as (pilot, _):
        await pilot.press("e", "ctrl+o", "ctrl+t", "ctrl+t", "end")
        await until(pilot, lambda: pilot.app.screen.query("#form"))
        assert pilot.app.screen.query_one("#form").display
