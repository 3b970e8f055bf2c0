"""Stories of what the command line asks for: a form that is filled, a start at once, and an end to the waiting."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Job, JobRequest, JobState, KillPart, Order, Problem, SessionPhase
from jupystra_tui.ui import server_actions
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.launch_controls import Commands
from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen
from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.still_waiting import StillWaiting
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.launches import DEFAULTS, NEW_TUNNEL, READY, SCRIPT, launch_at, progress, remark, said, tell
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import O2, QUEUE, SESSION, TUNNEL

CLUSTER = Cluster("o2", O2.host, "alice", defaults=DEFAULTS)
UP = replace(SESSION, cluster=CLUSTER)
GIVEN = {"queue": "long", "walltime": 600, "memory": 500, "cores": 2, "setup": ("cd /tmp",), "folder": ""}
ASKED = JobRequest(
    queue="long", walltime=600, memory=500, cores=2, setup=(*DEFAULTS.setup, "cd /tmp"), folder=""
)
WAITS = launch_at(1, "It is next in line and waits until enough cores are free.")
PENDING = Job("4713", "4713", "jupyter-lab", JobState.PENDING)


@asynccontextmanager
async def ordered(
    worker: FakeWorker, order: Order | None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], JupystraApp]]:
    """Start the dashboard with a cluster and an order, and log in."""
    worker.expect(protocol.Login)
    worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
    app = JupystraApp(Config(), CLUSTER, order=order)
    async with app.run_test(size=size, notifications=True) as pilot:
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(replace(UP, phase=SessionPhase.CONNECTING, partitions=())))
        worker.tell(protocol.SessionChanged(UP), protocol.TunnelsChanged((TUNNEL,)))
        await until(pilot, lambda: app.session and app.session.phase is SessionPhase.UP)
        assert len(app.screen_stack) == 1, "the queue is looked at first: its partitions are part of the form"
        worker.tell(protocol.SnapshotTaken(QUEUE))
        await until(pilot, lambda: app.snapshot)
        yield pilot, app


async def in_front(pilot: Pilot[Any], kind: type) -> Any:
    """Wait for a screen of that kind, with all that is on it, and return it."""
    screens: dict[type, str] = {
        LaunchFormScreen: "#options",
        LaunchProgressScreen: "StepRow",
        StillWaiting: "Choice",
        LoginScreen: "HostInput",
    }
    last = screens[kind]
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.query(last))
    return pilot.app.screen


async def test_flags_fill_the_form_which_opens_by_itself_once(worker: FakeWorker) -> None:
    async with ordered(worker, Order(GIVEN, script=False)) as (pilot, app):
        screen = await in_front(pilot, LaunchFormScreen)
        assert (await worker.was_asked(protocol.Preview)).request == ASKED
        assert screen.query_one("#walltime", Input).value == "10m"
        assert screen.query_one("#setup", Commands).text == "module load gcc\nconda activate atlas\ncd /tmp"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, taken=QUEUE.taken + 1)))
        await until(pilot, lambda: app.snapshot and app.snapshot.taken > QUEUE.taken)
        assert len(app.screen_stack) == 1
        await pilot.press("n")
        await in_front(pilot, LaunchFormScreen)
        worker.expect(protocol.Start, protocol.Started("L1"))
        await pilot.press("ctrl+s")
        assert await worker.was_asked(protocol.Start) == protocol.Start("o2", ASKED, script=False)


async def test_without_such_flags_nothing_opens(worker: FakeWorker) -> None:
    async with ordered(worker, None) as (pilot, app):
        await pilot.pause()
        assert len(app.screen_stack) == 1
        await pilot.press("n")
        await in_front(pilot, LaunchFormScreen)
        assert (await worker.was_asked(protocol.Preview)).request == replace(DEFAULTS, queue="short")


async def test_connect_starts_at_once_and_ends_in_the_browser(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(server_actions, "open_browser", lambda app, tunnel: opened.append(tunnel))
    worker.expect(protocol.Start, protocol.Started("L1"))
    async with ordered(worker, Order(GIVEN, at_once=True)) as (pilot, _):
        assert await worker.was_asked(protocol.Start) == protocol.Start("o2", ASKED)
        screen = await in_front(pilot, LaunchProgressScreen)
        tell(worker, launch_at(2))
        await until(pilot, lambda: "start Jupyter" in progress(screen))
        worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
        tell(worker, READY)
        await until(pilot, lambda: "ready at http://127.0.0.1:8889/" in progress(screen))
        assert opened == ["t9"]
    assert sum(isinstance(asked, protocol.Start) for asked in worker.asked) == 1


async def test_a_default_walltime_keeps_to_the_queue_and_one_that_was_asked_for_is_refused(
    worker: FakeWorker,
) -> None:
    async with ordered(worker, Order({"queue": "short", "walltime": 13 * 3600}, at_once=True)) as (pilot, _):
        screen = await in_front(pilot, LaunchFormScreen)
        await until(pilot, lambda: "over the limit" in remark(screen, "walltime"))
        await until(pilot, lambda: screen.focused is screen.query_one("#walltime"))
        assert remark(screen, "walltime") == "× over the limit of short: 12 h"
        assert screen.query_one("#walltime", Input).value == "13h"
    assert not any(isinstance(asked, protocol.Start) for asked in worker.asked)


async def test_what_the_worker_says_against_it_leaves_the_form_to_be_mended(worker: FakeWorker) -> None:
    async with ordered(worker, None) as (pilot, app):
        taken = Problem("Port 8888 on this laptop is taken", "Close what uses it.", field="local_port")
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT, (taken,)), always=True)
        app.order = Order({"local_port": 8888})
        app.new_launch(at_once=True)
        screen = await in_front(pilot, LaunchFormScreen)
        await until(pilot, lambda: remark(screen, "local_port") == f"× {taken.title}")
        await until(pilot, lambda: screen.focused is screen.query_one("#local_port"))


async def test_the_form_waits_for_the_login_screen_to_give_way(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(("o2",)))
    worker.expect(protocol.Login)
    worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
    app = JupystraApp(Config(clusters=(CLUSTER,)), order=Order({"cores": 2}))
    async with app.run_test() as pilot:
        screen = await in_front(pilot, LoginScreen)
        await until(pilot, lambda: screen._chosen)
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)
        worker.tell(protocol.SessionChanged(UP), protocol.SnapshotTaken(QUEUE))
        await in_front(pilot, LaunchFormScreen)
        asked = await worker.was_asked(protocol.Preview)
        assert asked.request == replace(DEFAULTS, queue="short", cores=2)
        assert not any(isinstance(screen, LoginScreen) for screen in app.screen_stack)


# --count


@asynccontextmanager
async def waiting(
    worker: FakeWorker, limit: int, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], JupystraApp]]:
    """Start at once with --count; the job is submitted and waits."""
    worker.expect(protocol.Start, protocol.Started("L1"))
    async with ordered(worker, Order({}, at_once=True, poll_limit=limit), size) as (pilot, app):
        await worker.was_asked(protocol.Start)
        screen = await in_front(pilot, LaunchProgressScreen)
        tell(worker, WAITS)
        await until(pilot, lambda: "next in line" in progress(screen))
        await until(pilot, lambda: "submitting" not in seen(pilot))
        yield pilot, app


async def look(pilot: Pilot[Any], worker: FakeWorker, app: JupystraApp, job: Job = PENDING) -> None:
    """Let a look at the queue come in."""
    assert app.snapshot
    taken = app.snapshot.taken + 1
    worker.tell(protocol.SnapshotTaken(replace(QUEUE, taken=taken, jobs=(job,))))
    await until(pilot, lambda: app.snapshot and app.snapshot.taken == taken)
    await pilot.pause()


async def test_after_that_many_polls_it_asks_and_keeps_waiting_by_default(worker: FakeWorker) -> None:
    async with waiting(worker, 2) as (pilot, app):
        await look(pilot, worker, app)
        assert isinstance(app.screen, LaunchProgressScreen)
        await look(pilot, worker, app)
        dialog = await in_front(pilot, StillWaiting)
        assert "pending for 2 polls" in said(dialog, "Static")
        assert "next in line" in said(dialog, "#why")
        await look(pilot, worker, app)
        assert app.screen is dialog, "it asks once"
        await pilot.press("enter")
        await in_front(pilot, LaunchProgressScreen)
        await look(pilot, worker, app)
        assert isinstance(app.screen, LaunchProgressScreen), "as many looks again"
        await look(pilot, worker, app)
        dialog = await in_front(pilot, StillWaiting)
        assert "pending for 5 polls" in said(dialog, "Static")
        await pilot.press("escape")
        await in_front(pilot, LaunchProgressScreen)
    assert not any(isinstance(asked, protocol.Cancel | protocol.LeaveLaunch) for asked in worker.asked)


async def test_left_in_the_queue_it_stays_there_and_opens_no_browser(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        server_actions, "open_browser", lambda app, tunnel: pytest.fail("nobody waits for it")
    )
    async with waiting(worker, 1) as (pilot, app):
        await look(pilot, worker, app)
        await in_front(pilot, StillWaiting)
        worker.expect(protocol.LeaveLaunch)
        await pilot.press("l")
        assert await worker.was_asked(protocol.LeaveLaunch) == protocol.LeaveLaunch("L1")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await until(pilot, lambda: "4713 stays in the queue" in seen(pilot))
        tell(
            worker,
            launch_at(1, problem=Problem("The job is still pending, and this launch no longer follows it")),
        )
        await look(pilot, worker, app)
        assert len(app.screen_stack) == 1, "no dialog says what the person decided"
    assert not any(isinstance(asked, protocol.Cancel) for asked in worker.asked)


async def test_killed_it_leaves_the_queue(worker: FakeWorker) -> None:
    async with waiting(worker, 1) as (pilot, app):
        await look(pilot, worker, app)
        await in_front(pilot, StillWaiting)
        part = KillPart("4713", JobState.PENDING)
        worker.expect(protocol.Cancel, protocol.Killed((part,)))
        await pilot.press("k")
        assert await worker.was_asked(protocol.Cancel) == protocol.Cancel("o2", (part,))
        await in_front(pilot, LaunchProgressScreen)


async def test_the_question_goes_when_the_job_starts(worker: FakeWorker) -> None:
    async with waiting(worker, 1) as (pilot, app):
        await look(pilot, worker, app)
        await in_front(pilot, StillWaiting)
        tell(worker, launch_at(2))
        await in_front(pilot, LaunchProgressScreen)


async def test_polls_count_only_while_the_job_is_pending(worker: FakeWorker) -> None:
    async with waiting(worker, 1) as (pilot, app):
        await look(pilot, worker, app, replace(PENDING, state=JobState.RUNNING))
        assert isinstance(app.screen, LaunchProgressScreen)
        tell(worker, launch_at(2))
        await until(pilot, lambda: "start Jupyter" in progress(app.screen))
        await look(pilot, worker, app)
        assert isinstance(app.screen, LaunchProgressScreen)


async def test_without_count_there_is_no_question(worker: FakeWorker) -> None:
    async with waiting(worker, 0) as (pilot, app):
        for _ in range(25):
            await look(pilot, worker, app)
        assert isinstance(app.screen, LaunchProgressScreen)


@SIZES
async def test_looks_of_the_question(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with waiting(worker, 1, size) as (pilot, app):
        await look(pilot, worker, app)
        await in_front(pilot, StillWaiting)
        assert await looks_as_before(pilot, snapshot)
