"""Stories of the dashboard as a whole: launches, waits, clusters, keys."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from jupystra_tui import protocol
from jupystra_tui.frontend import browser
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import (
    JobRequest,
    Launch,
    Problem,
    SessionPhase,
    Step,
    StepName,
    StepState,
)
from jupystra_tui.text import Secret
from jupystra_tui.ui.attempts import WAIT_SHOWN_AFTER
from jupystra_tui.ui.commands import COMMANDS, markdown
from jupystra_tui.ui.screens.help import HelpScreen
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import O2, QUEUE, SESSION

READY = Launch("l1", "o2", JobRequest(), (Step(StepName.ANSWER, StepState.DONE),), "4711", "t1")


async def test_a_launch_from_here_opens_the_browser_by_itself(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Secret] = []

    async def open_page(url: Secret) -> None:
        opened.append(url)

    monkeypatch.setattr(browser, "open_page", open_page)
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Start, protocol.Started("l1"))
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        started = await app.request(protocol.Start("o2", JobRequest()))
        app.follow_launch(started.launch)
        worker.tell(
            protocol.LaunchChanged(replace(READY, id="somebody else's")), protocol.LaunchChanged(READY)
        )
        await until(pilot, lambda: opened)
        worker.tell(protocol.LaunchChanged(READY))
        await pilot.pause()
        assert [url.reveal() for url in opened] == ["http://127.0.0.1:8888/lab?token=s3cret"]


async def test_a_launch_that_failed_is_said_wherever_one_is(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Start, protocol.Started("l1"))
        started = await app.request(protocol.Start("o2", JobRequest()))
        app.follow_launch(started.launch)
        await pilot.press("2")
        worker.tell(
            protocol.LaunchChanged(replace(READY, steps=(), problem=Problem("jupyter was not found on c1")))
        )
        await until(pilot, lambda: "jupyter was not found on c1" in seen(pilot))


async def test_without_a_browser_the_address_is_copied(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_can_open", lambda: False)
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "clipboard" in seen(pilot)
        assert "s3cret" not in seen(pilot)
        assert app.clipboard.endswith("?token=s3cret")


async def test_a_long_wait_says_so_and_can_be_left(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Refresh)
        worker.hold(protocol.Refresh)
        await pilot.press("r")
        await until(pilot, lambda: "◐ refreshing the queue …" in seen(pilot))
        still_clock(7)
        app.show_status()
        await until(pilot, lambda: "refreshing the queue … 7 s, esc cancels" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not app.waits and "refreshing the queue" not in seen(pilot))


async def test_a_wait_that_ends_just_when_it_would_be_shown_is_not_shown(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer has fired, its callback waits in the queue, and then the request ends."""
    async with dashboard(worker) as (pilot, app):
        fired: list[Callable[[], None]] = []
        set_timer = app.set_timer

        def keep(delay: float, callback: Callable[[], None], **options: object) -> object:
            if delay == WAIT_SHOWN_AFTER:
                fired.append(callback)
            return set_timer(delay, callback, **options)

        monkeypatch.setattr(app, "set_timer", keep)
        worker.expect(protocol.Refresh)
        await pilot.press("r")
        await worker.was_asked(protocol.Refresh)
        await until(pilot, lambda: not app._attempts._tasks)
        [show] = fired
        show()
        assert not app.waits


async def test_old_data_stays_with_its_age(worker: FakeWorker, still_clock: Callable[[float], None]) -> None:
    async with dashboard(worker) as (pilot, _):
        lost = replace(
            SESSION, phase=SessionPhase.LOST, problem=Problem("o2 does not answer", "It is tried again.")
        )
        worker.tell(protocol.SessionChanged(lost))
        still_clock(236)
        await until(pilot, lambda: "reconnecting" in seen(pilot).splitlines()[0])
        assert "updated 4 min ago" in seen(pilot).splitlines()[0]
        assert "jupyter-lab" in seen(pilot)


async def test_idle_time_draws_nothing(worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.pause()
        drawn: list[object] = []
        monkeypatch.setattr("textual.widget.Widget.refresh", lambda self, *_, **__: drawn.append(self))
        for _ in range(3):
            app._tick()
        assert drawn == []


async def test_logging_out_leaves_nothing_behind(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Logout)
        await pilot.press("3", "x", "y")
        assert await worker.was_asked(protocol.Logout) == protocol.Logout("o2")
        worker.tell(protocol.SessionClosed("o2"), protocol.TunnelsChanged(()))
        await until(pilot, lambda: app.session is None and app.cluster is None)
        await pilot.press("1")
        await until(pilot, lambda: "Not logged in" in seen(pilot) and "4711" not in seen(pilot))


async def test_turning_to_another_cluster(worker: FakeWorker) -> None:
    other = replace(O2, name="orchestra", host="orchestra.example.edu")
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login)
        app.log_in(other)
        await until(pilot, lambda: "4711" not in seen(pilot))
        worker.tell(protocol.SessionChanged(replace(SESSION, cluster=other)))
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, cluster="orchestra", jobs=QUEUE.jobs[2:3])))
        await until(pilot, lambda: "alice@orchestra" in seen(pilot) and "dask-explore" in seen(pilot))
        worker.tell(protocol.SnapshotTaken(QUEUE))
        await pilot.pause()
        assert "gpu-notebook" not in seen(pilot), "that is the other cluster's"


async def test_keys_can_be_changed(worker: FakeWorker) -> None:
    async with dashboard(worker, config=Config(keys={"kill": "K", "help": "f1"})) as (pilot, app):
        assert "K Kill" in seen(pilot)
        await pilot.press("k")
        assert isinstance(app.screen, JobsScreen)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "K       Kill" in seen(pilot))


async def test_the_palette_does_what_the_keys_do(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.Refresh)
        await pilot.press("ctrl+p", *"refresh")
        await until(pilot, lambda: "Refresh the queue" in seen(pilot))
        await pilot.press("enter")
        await worker.was_asked(protocol.Refresh)


async def test_the_mouse_does_what_the_keys_do(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.click("TopBar", offset=(25, 0))
        assert app.current_mode == "tunnels"
        await until(pilot, lambda: "Reconnect" in seen(pilot))
        bar = seen(pilot).splitlines()[-1]
        worker.expect(protocol.Disconnect)
        await pilot.click("KeyBar", offset=(bar.index("x Close"), 0))
        assert await worker.was_asked(protocol.Disconnect) == protocol.Disconnect("t1")


async def test_the_help_knows_the_keys_of_other_screens(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Preview, protocol.Previewed("#!/bin/bash"), always=True)
        await pilot.press("n")
        await until(pilot, lambda: "^s Start" in seen(pilot))
        app.action_help()
        await until(pilot, lambda: "Submit the job and show the progress of its launch" in seen(pilot))


def test_the_readme_can_list_every_key() -> None:
    for command in COMMANDS:
        assert f"| `{command.id}` | {command.where} |" in markdown()


def test_no_two_commands_of_a_screen_share_a_key() -> None:
    for where in ("jobs", "tunnels", "cluster"):
        keys = [command.key for command in COMMANDS if command.where in (where, "everywhere")]
        assert len(keys) == len(set(keys))


@SIZES
async def test_picture_of_the_help(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with dashboard(worker, size) as (pilot, app):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert await looks_as_before(pilot, snapshot)
