"""The row that a key acts on is the one that is painted as selected: wherever one has been in between."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Job, JobState, KillPart
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.confirm import ConfirmKill
from jupystra_tui.ui.screens.framed import GONE
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.widgets.row_table import Table
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard
from tests.ui.stories import LAB, QUEUE, TUNNEL
from tests.ui.strips import cells, marked

WIDE = (120, 40)
KEYS = {"jobs": "1", "tunnels": "2", "cluster": "3"}
FIRST = {"jobs": "4711", "tunnels": "127.0.0.1:9000", "cluster": "short"}
SECOND = {"jobs": "4712", "tunnels": "127.0.0.1:9001", "cluster": "long"}
TUNNELS = tuple(replace(TUNNEL, id=f"t{number}", local_port=9000 + number) for number in range(4))

Detour = Callable[["Pilot[Any]", JupystraApp], Awaitable[None]]


def pressing(*keys: str) -> Detour:
    """Return a detour by keys."""

    async def press(pilot: "Pilot[Any]", app: JupystraApp) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    return press


def another_screen(mode: str) -> tuple[str, ...]:
    """Return the keys that lead to each other screen and back."""
    return tuple(key for other in KEYS if other != mode for key in (KEYS[other], KEYS[mode]))


async def another_theme(pilot: "Pilot[Any]", app: JupystraApp) -> None:
    app.theme = "jupystra-light"
    await pilot.pause()
    app.theme = "jupystra-dark"
    await pilot.pause()


async def a_resize(pilot: "Pilot[Any]", app: JupystraApp) -> None:
    await pilot.resize_terminal(80, 24)
    await pilot.pause()
    await pilot.resize_terminal(*WIDE)
    await pilot.pause()


async def the_focus_away(pilot: "Pilot[Any]", app: JupystraApp) -> None:
    app.screen.set_focus(None)
    await pilot.pause()
    app.screen.set_focus(app.screen.query_one(Table))
    await pilot.pause()


async def the_terminal_unfocused(pilot: "Pilot[Any]", app: JupystraApp) -> None:
    app.post_message(events.AppBlur())
    await pilot.pause()
    app.post_message(events.AppFocus())
    await until(pilot, lambda: isinstance(app.focused, Table))


async def a_problem(pilot: "Pilot[Any]", app: JupystraApp) -> None:
    app.report(RuntimeError("for the dialog"))
    await pilot.pause()
    await pilot.press("escape")
    await pilot.pause()


DETOURS: dict[str, Detour] = {
    "help": pressing("question_mark", "escape"),
    "palette": pressing("ctrl+p", "escape"),
    "theme": another_theme,
    "resize": a_resize,
    "focus": the_focus_away,
    "terminal": the_terminal_unfocused,
    "problem": a_problem,
}


@pytest.mark.parametrize("mode", KEYS)
@pytest.mark.parametrize("detour", ["screens", *DETOURS])
async def test_the_mark_moves_after_every_way_there_and_back(
    worker: FakeWorker, mode: str, detour: str, surprises: list[Exception]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.TunnelsChanged(TUNNELS))
        await until(pilot, lambda: len(app.tunnels) == 4)
        await pilot.press(KEYS[mode])
        await until(pilot, lambda: marked(pilot) and FIRST[mode] in marked(pilot)[0])
        await DETOURS.get(detour, pressing(*another_screen(mode)))(pilot, app)
        await until(pilot, lambda: app.current_mode == mode and len(app.screen_stack) == 1)
        for key, expected in (("down", SECOND), ("up", FIRST), ("down", SECOND)):
            await pilot.press(key)
            await pilot.pause()
            assert len(marked(pilot)) == 1, seen(pilot)
            assert expected[mode] in marked(pilot)[0], seen(pilot)


async def test_two_one_down_marks_the_row_that_a_kill_would_name(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("2", "1", "down")
        await until(pilot, lambda: "4712" in marked(pilot)[0])
        worker.expect(protocol.PlanKill, protocol.KillPlan((KillPart("4712", JobState.PENDING),)))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, ConfirmKill))
        screen = app.screen
        assert isinstance(screen, ConfirmKill)
        assert screen.job.id == "4712"


async def test_a_key_for_a_row_that_is_gone_does_nothing_and_says_so(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await until(pilot, lambda: "4711" in marked(pilot)[0])
        jobs = app.screen
        assert isinstance(jobs, JobsScreen)
        app.take_event(
            protocol.SnapshotTaken(replace(QUEUE, jobs=QUEUE.jobs[1:]))
        )  # known, and not painted yet
        for action in (jobs.action_log, jobs.action_connect, jobs.action_browser, jobs.action_copy):
            action()
        assert app.screen is jobs
        await until(pilot, lambda: GONE in " ".join(seen(pilot).split()) or "no longer listed" in seen(pilot))
        assert [type(body) for body in worker.asked] == [protocol.Attention]


async def test_a_key_keeps_to_the_painted_row_when_rows_come_before_it(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        jobs = app.screen
        assert isinstance(jobs, JobsScreen)
        new = tuple(Job(f"9{number}", f"9{number}", "new", JobState.RUNNING) for number in range(3))
        app.take_event(protocol.SnapshotTaken(replace(QUEUE, jobs=(*new, *QUEUE.jobs))))
        assert jobs.table.painted == LAB
        await until(pilot, lambda: "4711" in marked(pilot)[0])


async def test_the_wheel_moves_the_selection(worker: FakeWorker) -> None:
    many = tuple(Job(f"{number}", f"{number}", "many", JobState.RUNNING, node="c1") for number in range(200))
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=many, servers=())))
        await until(pilot, lambda: "many" in seen(pilot))
        table = app.screen.query_one(Table)
        table.scroll_to(y=100, animate=False)
        await until(pilot, lambda: len(marked(pilot)) == 1)
        assert table.painted == table.selected == many[100]
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=many[50:], servers=())))
        await until(pilot, lambda: len(table.rows) == 150 and table.up_to_date)
        assert table.painted == many[100]
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=many[95:105], servers=())))
        await until(pilot, lambda: len(table.rows) == 10 and len(marked(pilot)) == 1)
        assert table.painted == many[100]


async def test_keys_in_one_burst_act_one_after_the_other(worker: FakeWorker) -> None:
    async with dashboard(worker) as (_, app):
        for key in ("down", "down", "l"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        worker.expect(protocol.ReadLog, protocol.LogRead("job.log", "hello"))
        assert (await worker.was_asked(protocol.ReadLog)).job == "4709"


async def test_what_is_typed_after_the_filters_key_is_filter(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        for key in ("slash", *"klxq"):
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await until(
            pilot,
            lambda: app.screen.query("#filter") and app.screen.query_one("#filter", Input).value == "klxq",
        )
        assert isinstance(app.screen, JobsScreen)


async def test_the_marked_cluster_of_the_login_is_painted(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(("fas", "gpu1", "gpu2")))
    app = JupystraApp(Config())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and "gpu2" in seen(pilot))
        for expected in ("gpu1", "gpu2"):
            await pilot.press("down")
            await pilot.pause()
            assert expected in marked_by_ground(pilot)
        await pilot.press("up")
        await pilot.pause()
        assert "gpu1" in marked_by_ground(pilot)


def marked_by_ground(pilot: "Pilot[Any]") -> str:
    """Return the text that stands on the ground of a selected row."""
    ground = pilot.app.theme_variables["cursor"].lower()
    lines: dict[int, str] = {}
    for cell in cells(pilot):
        if "#{:02x}{:02x}{:02x}".format(*cell.ground) == ground:
            lines[cell.line] = lines.get(cell.line, "") + cell.text
    return " ".join(lines.values())
