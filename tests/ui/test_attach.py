"""Stories of the worker: found, started, lost, replaced, and left."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import (
    JobRequest,
    Launch,
    SessionPhase,
    Step,
    StepName,
    StepState,
    TunnelState,
)
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.quit import QuitDialog
from jupystra_tui.ui.screens.restart import RestartDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import O2, SESSION, TUNNEL, everything

READY = Launch("l1", "o2", JobRequest(), (Step(StepName.ANSWER, StepState.DONE),), "4711", "t1")


async def test_a_first_start_opens_the_login(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and "Log in" in seen(pilot))


async def test_a_cluster_that_is_named_is_logged_in_to(worker: FakeWorker) -> None:
    worker.expect(protocol.Login)
    app = JupystraApp(Config(), O2)
    async with app.run_test() as pilot:
        assert (await worker.was_asked(protocol.Login)).cluster == O2
        await until(pilot, lambda: "Logging in to o2 …" in seen(pilot))


async def test_a_worker_that_dies_is_started_again(worker: FakeWorker, revives: list[Path]) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login)
        await worker.die()
        await until(pilot, lambda: len(revives) == 1)
        assert (await worker.was_asked(protocol.Login)).cluster == O2
        await until(pilot, lambda: not app.worker_status and not app.tunnels)
        assert "4711" in seen(pilot), "the old queue stays"
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=SessionPhase.CONNECTING)))
        await until(pilot, lambda: "connecting" in seen(pilot).splitlines()[0])
        worker.tell(*everything())
        await until(pilot, lambda: app.tunnels and "READY" in seen(pilot))
        assert app.screen is app.screen_stack[0], "no dialog was in the way"


async def test_a_worker_that_dies_is_said_with_the_tunnels_that_come_back(
    worker: FakeWorker, revives: list[Path]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login)
        told = worker.hold(protocol.Attention)
        await worker.die()
        await until(pilot, lambda: app.tunnels and app.tunnels[0].state is TunnelState.RETRYING)
        assert app.tunnels[0].reason == "the worker ended; a new worker reopens the tunnel"
        worker.tell(protocol.TunnelsChanged((replace(TUNNEL, state=TunnelState.RESOLVING, ready=False),)))
        told.set()
        await until(pilot, lambda: "The worker ended" in seen(pilot) and "reopening" in seen(pilot))


async def test_a_worker_that_cannot_start_is_said_and_asked_for_again(
    worker: FakeWorker, revives: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupystra_tui.errors import WorkerError
    from jupystra_tui.ui import link

    async def fail() -> None:
        raise WorkerError("The worker does not start", "Its last words are in worker.log.", "no paramiko")

    monkeypatch.setattr(link, "PAUSE_SECONDS", 0.0)
    async with dashboard(worker) as (pilot, app):
        monkeypatch.setattr(app.client, "open", fail)
        await worker.die()
        await until(pilot, lambda: "The worker does not start" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "no worker, r retries" in seen(pilot).splitlines()[0])
        monkeypatch.undo()
        worker.expect(protocol.Login)
        await worker.start()


async def test_another_version_is_replaced_if_the_user_confirms(
    worker: FakeWorker, revives: list[Path]
) -> None:
    worker.version = protocol.VERSION + 1
    worker.tell(*everything())
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestartDialog))
        await pilot.press("r")
        await until(pilot, lambda: app.ready and app.session)
        assert [hello.want for hello in worker.hellos] == ["attach", "stop", "attach"]


async def test_leaving_with_tunnels_keeps_them(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app._exit)
    assert not any(isinstance(body, protocol.Stop) for body in worker.asked)


async def test_leaving_with_tunnels_that_ended_asks_nothing(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.TunnelsChanged((replace(TUNNEL, state=TunnelState.ENDED),)))
        await until(pilot, lambda: app.tunnels[0].state is TunnelState.ENDED)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


async def test_leaving_and_closing_all_ends_the_worker_for_good(
    worker: FakeWorker, revives: list[Path]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Stop)
        await pilot.press("q", "c")
        await worker.was_asked(protocol.Stop)
        await worker.die()
        await until(pilot, lambda: app._exit)
    assert revives == []


async def test_leaving_a_practice_cluster_ends_it(worker: FakeWorker) -> None:
    async with dashboard(worker, temporary=True) as (pilot, app):
        worker.expect(protocol.Stop)
        await pilot.press("q")
        await until(pilot, lambda: "The practice cluster stops when you quit" in seen(pilot))
        await pilot.press("q")
        await worker.was_asked(protocol.Stop)
    assert app.return_code == 0


async def test_turning_away_makes_polls_rarer(worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    from textual import events

    from jupystra_tui.ui import app as module

    monkeypatch.setattr(module, "AWAY_SECONDS", 0.01)
    async with dashboard(worker) as (_, app):
        app.post_message(events.AppBlur())
        assert await worker.was_asked(protocol.Attention, 2) == protocol.Attention(False)
        app.post_message(events.AppFocus())
        assert await worker.was_asked(protocol.Attention, 3) == protocol.Attention(True)


async def test_picture_of_a_restart(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    worker.version = protocol.VERSION + 1
    app = JupystraApp(Config())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestartDialog))
        assert await looks_as_before(pilot, snapshot)
