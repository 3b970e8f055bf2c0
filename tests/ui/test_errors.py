"""Unexpected errors become a dialog with the traceback one key away; the dashboard continues."""

import asyncio
import gc
import warnings
from typing import Any

import pytest

from jupystra_tui import protocol
from jupystra_tui.frontend import worker_process
from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.state import State
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.widgets.row_table import Table
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard

FULL = OSError(28, "No space left on device", "/home/me/state")


def broken(*_: Any, **__: Any) -> Any:
    """Raise an unexpected error."""
    raise FULL


async def continues(pilot: Any, app: JupystraApp, worker: FakeWorker) -> None:
    """The dialog shows the problem, its traceback on a key, and the dashboard continues after it."""
    await until(
        pilot, lambda: isinstance(app.screen, ProblemDialog) and "No space left on device" in seen(pilot)
    )
    await pilot.press("d")
    await until(pilot, lambda: "Traceback (most recent call last)" in seen(pilot))
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(app.screen, JobsScreen))
    worker.expect(protocol.Refresh)
    await pilot.press("r")
    await worker.was_asked(protocol.Refresh)
    await pilot.press("down")
    await until(pilot, lambda: getattr(app.screen.query_one(Table).selected, "id", "") == "4712")
    assert app.return_code in (None, 0)


async def test_in_a_request(worker: FakeWorker, surprises: list[Exception]) -> None:
    async with dashboard(worker) as (pilot, app):

        async def fail() -> None:
            broken()

        app.attempt(fail(), "failing")
        await continues(pilot, app, worker)
        assert not app.waits


async def test_in_what_a_key_does(
    worker: FakeWorker, surprises: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JobsScreen, "action_log", broken)
    async with dashboard(worker) as (pilot, app):
        await pilot.press("l")
        await continues(pilot, app, worker)


async def test_in_a_timer_it_is_shown_once(
    worker: FakeWorker, surprises: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(worker) as (pilot, app):
        app.set_interval(0.01, broken)
        await continues(pilot, app, worker)
        assert len(app.screen_stack) == 1


async def test_in_a_handler_of_a_message(
    worker: FakeWorker, surprises: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(worker) as (pilot, app):
        monkeypatch.setattr(State, "apply", broken)
        worker.tell(protocol.SessionClosed("orchestra"))
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        monkeypatch.undo()
        await continues(pilot, app, worker)


async def test_in_a_screen_that_follows_the_news(
    worker: FakeWorker, surprises: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(worker) as (pilot, app):
        shown = app.screen
        assert isinstance(shown, JobsScreen)
        monkeypatch.setattr("jupystra_tui.ui.screens.jobs.JobViews", broken)
        app.scripts = {("o2", "4711"): "/tmp/connect.sh"}
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        monkeypatch.undo()
        await continues(pilot, app, worker)


async def test_after_a_callback_of_a_dialog(worker: FakeWorker, surprises: list[Exception]) -> None:
    async with dashboard(worker) as (pilot, app):
        app.call_after_refresh(broken)
        await continues(pilot, app, worker)


async def test_a_worker_that_cannot_be_started_is_said_and_can_be_tried_again(
    home: Any, surprises: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "spawn", broken)
    app = JupystraApp(Config())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "No space left on device" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "no worker, r retries" in seen(pilot))
        tried: list[bool] = []

        def spawn(log: Any) -> Any:
            tried.append(True)
            return broken()

        monkeypatch.setattr(worker_process, "spawn", spawn)
        await pilot.press("r")
        await until(pilot, lambda: tried)


async def test_one_that_is_cancelled_at_once_leaves_no_coroutine_behind(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login, always=True)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            app.attempt(app.request(protocol.Refresh("o2")), "asking")
            app.stop_waiting()
            app.attach()
            app.attach()
            await pilot.pause()
            gc.collect()
        assert not [one for one in said if "never awaited" in str(one.message)]
        assert not app.waits


async def test_time_that_goes_by_while_the_screens_go_is_no_error(worker: FakeWorker) -> None:
    async with dashboard(worker) as (_, app):
        jobs = app.screen
        assert isinstance(jobs, JobsScreen)
        removed = app.screen.query("*").remove()
        app._tick()
        await removed
        app._tick()
    app._tick()
    app.state = State()
    await asyncio.sleep(0)
