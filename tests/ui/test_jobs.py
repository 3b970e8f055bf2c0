"""Stories of the jobs screen."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Job, JobState, Problem, Session, SessionPhase, Snapshot
from jupystra_tui.text import Secret
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.job_details import JobDetails
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import JOBS, O2, QUEUE, SESSION, TUNNEL


def jobs_of(pilot: Pilot[Any]) -> JobsScreen:
    """Return the jobs screen."""
    assert isinstance(pilot.app.screen, JobsScreen)
    return pilot.app.screen


def row(pilot: Pilot[Any], job: str) -> str:
    """Return the row of a job."""
    return next(line for line in seen(pilot).splitlines() if line[3:].startswith(f"{job} "))


async def test_coming_back_shows_the_queue_without_a_question(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        top = seen(pilot).splitlines()[0]
        for text in (
            "1 Jobs",
            "● alice@o2",
            "slurm 22.05",
            "updated 4 s ago",
            "2 running 1 pending",
            "1 tunnel",
        ):
            assert text in top
        for text in ("◆ jupyter-lab", "● running", "11 h 42 min", "c1"):
            assert text in row(pilot, "4711")
        assert "● READY  http://127.0.0.1:8888/" in seen(pilot)
        assert [type(body) for body in worker.asked] == [protocol.Attention]


async def test_enter_connects_and_says_so_while_it_takes(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.Connect, protocol.Connected("t2"))
        ready = worker.hold(protocol.Connect)
        await pilot.press("down", "down", "enter")
        assert (await worker.was_asked(protocol.Connect)) == protocol.Connect("o2", "4709")
        await until(pilot, lambda: "connecting …" in seen(pilot))
        await until(pilot, lambda: "◐ connecting to 4709 …" in seen(pilot).splitlines()[0])
        await pilot.press("enter")
        worker.tell(protocol.TunnelsChanged((TUNNEL, replace(TUNNEL, id="t2", job="4709", local_port=8787))))
        ready.set()
        await until(pilot, lambda: "READY  http://127.0.0.1:8787/" in seen(pilot))
        await until(pilot, lambda: "connecting" not in seen(pilot))
        assert len([body for body in worker.asked if isinstance(body, protocol.Connect)]) == 1


async def test_enter_on_a_ready_server_opens_it(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await pilot.press("enter")
        assert await worker.was_asked(protocol.GetUrl) == protocol.GetUrl("t1")


async def test_a_job_without_a_server_is_said_kindly(worker: FakeWorker) -> None:
    problem = Problem("Job 42 has no server that can be found", "Its server may still be starting.")
    async with dashboard(worker) as (pilot, app):
        other = Job("42", "42", "align", JobState.RUNNING, node="c9", left=600)
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=(other,), servers=())))
        await until(pilot, lambda: "no Jupyter server found" in seen(pilot))
        worker.expect(protocol.Connect, problem)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "has no server" in seen(pilot)


async def test_a_waiting_job_says_why(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        await pilot.press("down")
        await until(pilot, lambda: "Why is 4712 pending?" in seen(pilot))
        assert "It is next in line" in seen(pilot)
        assert "about 14:20" in seen(pilot)
        keys = seen(pilot).splitlines()[-1]
        assert "Kill" in keys
        assert "Connect" not in keys
        assert "Log" not in keys


async def test_a_job_that_ran_out_of_memory_says_what_next(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        await pilot.press("end", "up")
        await until(pilot, lambda: "How 4688 ended" in seen(pilot))
        assert "It needed more memory than the 8 GB" in seen(pilot)
        keys = seen(pilot).splitlines()[-1]
        assert "l Log" in keys
        assert "Kill" not in keys


async def test_time_left_counts_down_between_polls(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        still_clock(600)
        jobs_of(pilot).tick()
        app.show_status()
        await until(pilot, lambda: "11 h 32 min" in row(pilot, "4711"))
        assert "updated 10 min ago" in seen(pilot).splitlines()[0]


async def test_the_filter_is_live_and_escape_clears_it(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("slash", *"gpu wait")
        await until(pilot, lambda: "No job matches gpu wait" in seen(pilot))
        await pilot.press(*["backspace"] * 5)
        await until(pilot, lambda: "2 of 6" in seen(pilot))
        await pilot.press("enter", "down")
        selected = jobs_of(pilot).selected
        assert selected
        assert selected.job.id == "4688"
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=JOBS[:4])))
        await until(pilot, lambda: "1 of 4" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "dask-explore" in seen(pilot))
        assert not app.screen.query("#filter")


async def test_s_writes_a_connect_script_and_says_where(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.MakeScript, protocol.ScriptMade("/home/me/jupystra/connect-o2-4711.sh"))
        await pilot.press("s")
        assert await worker.was_asked(protocol.MakeScript) == protocol.MakeScript("o2", "4711")
        await until(pilot, lambda: "~/jupystra/connect-o2-4711.sh is written" in seen(pilot))
        await until(pilot, lambda: "script    ~/jupystra/connect-o2-4711.sh" in seen(pilot))
        await pilot.press("down", "s")
        assert not jobs_of(pilot).check_action("script", ()), "a job that waits has no server yet"


PHASES = {
    "connecting": Session(
        O2, SessionPhase.CONNECTING, steps=("o2.example.edu answers", "key id_ed25519 offered")
    ),
    "needs_you": Session(O2, SessionPhase.WAITING, user="alice", steps=("key accepted", "second factor")),
    "down": Session(O2, SessionPhase.DOWN, problem=Problem("o2.example.edu refused every key", "Add a key.")),
    "no_jobs": SESSION,
}


@pytest.mark.parametrize("phase", PHASES)
async def test_without_jobs_it_says_where_things_are(
    worker: FakeWorker, phase: str, snapshot: SnapshotAssertion
) -> None:
    worker.expect(protocol.Login)
    worker.tell(protocol.SessionChanged(PHASES[phase]))
    if phase == "no_jobs":
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON - 1)))
    app = JupystraApp(Config(), O2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.ready and app.session)
        assert await looks_as_before(pilot, snapshot)


async def test_a_refused_login_can_be_tried_again(worker: FakeWorker) -> None:
    worker.expect(protocol.Login)
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    worker.tell(protocol.SessionChanged(PHASES["down"]))
    app = JupystraApp(Config(), O2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "i Log in" in seen(pilot).splitlines()[-1])
        assert "New" not in seen(pilot).splitlines()[-1]
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))


@pytest.mark.parametrize(("hours", "age"), [(24, "0 s"), (-24, "1 d")])
async def test_a_clock_that_was_set_shows_no_age_below_nothing(
    worker: FakeWorker, hours: int, age: str
) -> None:
    worker.expect(protocol.Login)
    worker.tell(protocol.SessionChanged(SESSION))
    app = JupystraApp(Config(), O2)
    async with app.run_test(size=(80, 24)) as pilot:
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON + hours * 3600)))
        await until(pilot, lambda: f"updated {age} ago" in seen(pilot))
        worker.tell(protocol.SnapshotTaken(Snapshot("o2", NOON)))
        await until(pilot, lambda: "updated 0 s ago" in seen(pilot))


async def test_enter_tries_a_refused_login_again(worker: FakeWorker) -> None:
    worker.expect(protocol.Login, always=True)
    worker.tell(protocol.SessionChanged(PHASES["down"]))
    app = JupystraApp(Config(), O2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "refused every key" in seen(pilot) and "enter Connect" in seen(pilot))
        await pilot.press("enter")
        assert (await worker.was_asked(protocol.Login, 2)).cluster == O2


async def test_a_login_that_waits_says_how_long_and_escape_stops_it(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    worker.expect(protocol.Login)
    worker.expect(protocol.Logout)
    worker.tell(protocol.SessionChanged(PHASES["connecting"]))
    app = JupystraApp(Config(), O2)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "esc  cancels" in seen(pilot))
        still_clock(42)
        await until(pilot, lambda: "key id_ed25519 offered  42 s" in seen(pilot))
        await pilot.press("escape")
        assert await worker.was_asked(protocol.Logout) == protocol.Logout("o2")
        worker.tell(protocol.SessionClosed("o2"))
        await until(pilot, lambda: "Not logged in" in seen(pilot))


@SIZES
@pytest.mark.parametrize("row", [0, 1, 2, 4])
async def test_picture(
    worker: FakeWorker, size: tuple[int, int], row: int, snapshot: SnapshotAssertion
) -> None:
    async with dashboard(worker, size) as (pilot, _):
        await pilot.press(*["down"] * row)
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("theme", ["jupystra-light", "nord"])
async def test_picture_in_other_themes(worker: FakeWorker, theme: str, snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, config=Config(theme=theme)) as (pilot, _):
        await pilot.press("down")
        assert await looks_as_before(pilot, snapshot)


async def test_picture_of_forty_columns(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, (40, 20)) as (pilot, _):
        await pilot.press("down")
        assert await looks_as_before(pilot, snapshot)


async def test_picture_of_a_filter(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, _):
        await pilot.press("slash", *"jup")
        await until(pilot, lambda: "2 of 6" in seen(pilot))
        assert await looks_as_before(pilot, snapshot)


async def test_a_field_of_the_filter_is_completed_and_a_wrong_value_is_said(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("slash", *"sta")
        await until(pilot, lambda: "state:" in seen(pilot))
        await pilot.press("tab", *"pen")
        await until(pilot, lambda: "state:pending" in seen(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: app.screen.query_one("#filter", Input).value == "state:pending")
        await pilot.press(*" left:<zz")
        await until(pilot, lambda: "left: 'zz' is not a duration." in seen(pilot))


async def test_picture_of_a_sheet(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, app):
        await pilot.press("space")
        await until(pilot, lambda: isinstance(app.screen, JobDetails))
        assert await looks_as_before(pilot, snapshot)
