"""Stories of the cluster screen."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from jupystra_tui import protocol
from jupystra_tui.model import JobRequest, Launch, Problem, SessionPhase, Step, StepName, StepState
from jupystra_tui.ui.screens.login import LoginScreen
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import BROKEN, SECOND, SESSION, TUNNEL


async def test_it_says_what_the_cluster_offers(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        await pilot.press("3")
        await until(pilot, lambda: "IDLE NODES" in seen(pilot))
        short = next(line for line in seen(pilot).splitlines() if "short default" in line)
        for text in ("● up", "12 h", "9 of 24", "16", "64 GB"):
            assert text in short
        assert "alice@o2.example.edu · login02" in seen(pilot)
        assert "polling   every 30 s" in seen(pilot)


async def test_a_lost_session_says_why(worker: FakeWorker) -> None:
    lost = replace(
        SESSION, phase=SessionPhase.LOST, problem=Problem("o2 does not answer", "It is tried again.")
    )
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.SessionChanged(lost))
        await pilot.press("3")
        await until(
            pilot, lambda: "o2 does not answer" in seen(pilot) and "It is tried again." in seen(pilot)
        )


async def test_a_login_node_without_an_answer_is_told_with_the_seconds(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.SessionChanged(replace(SESSION, silent=NOON - 14)))
        await until(pilot, lambda: "no answer from the login node for 14 s; waiting" in seen(pilot))
        still_clock(6)
        app.show_status()
        await until(pilot, lambda: "no answer from the login node for 20 s; waiting" in seen(pilot))
        worker.tell(protocol.SessionChanged(SESSION))
        await until(pilot, lambda: "no answer" not in seen(pilot))


async def test_a_long_reason_is_whole(worker: FakeWorker) -> None:
    problem = Problem("o2 does not answer", " ".join(["It is tried again."] * 10) + " Perhaps.")
    async with dashboard(worker, (80, 40)) as (pilot, _):
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=SessionPhase.LOST, problem=problem)))
        await pilot.press("3")
        await until(pilot, lambda: "Perhaps." in seen(pilot) and SESSION.steps[-1] in seen(pilot))


async def test_logging_in_to_another_cluster(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.ListHosts, protocol.Hosts(()))
        await pilot.press("3", "i")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))


async def test_logging_out_asks_and_says_what_closes(worker: FakeWorker) -> None:
    launch = Launch("L1", "o2", JobRequest(), (Step(StepName.WAIT, StepState.NOW),), "4712")
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.TunnelsChanged((TUNNEL, SECOND, BROKEN)), protocol.LaunchChanged(launch))
        await until(pilot, lambda: len(app.tunnels) == 3 and app.launches)
        app.follow_launch("L1")
        await pilot.press("3", "x")
        await until(pilot, lambda: "Log out of o2" in seen(pilot))
        for text in (
            "127.0.0.1:8888",
            "jupyter-lab",
            "127.0.0.1:8787",
            "dask-explore",
            "job 4712",
            "Your jobs continue",
        ):
            assert text in seen(pilot)
        assert "8890" not in seen(pilot), "that tunnel is another cluster's"
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert not [body for body in worker.asked if isinstance(body, protocol.Logout)], "no is the default"
        worker.expect(protocol.Logout)
        await pilot.press("x", "y")
        assert await worker.was_asked(protocol.Logout) == protocol.Logout("o2")
        worker.tell(protocol.LaunchChanged(replace(launch, problem=Problem("the session was closed"))))
        worker.tell(protocol.SessionClosed("o2"), protocol.TunnelsChanged(()))
        await until(pilot, lambda: app.session is None)
        await pilot.pause()
        assert len(app.screen_stack) == 1, "what the person asked for is no problem"


@SIZES
async def test_picture_of_logging_out(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with dashboard(worker, size) as (pilot, _):
        await pilot.press("3", "x")
        await until(pilot, lambda: "Log out of o2" in seen(pilot))
        assert await looks_as_before(pilot, snapshot)


@SIZES
async def test_picture(worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, size) as (pilot, _):
        await pilot.press("3")
        await until(pilot, lambda: "IDLE NODES" in seen(pilot))
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("width", [20, 30, 40])
async def test_no_window_is_too_narrow(worker: FakeWorker, width: int) -> None:
    async with dashboard(worker, (width, 10)) as (pilot, _):
        for mode in "231":
            await pilot.press(mode)
            await pilot.pause()
            assert {len(line) for line in seen(pilot).splitlines()} == {width}
