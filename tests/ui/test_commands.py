"""Every key is declared once, in `commands`, and key line, help, palette and remapping follow from that."""

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace
from textual.binding import Binding
from textual.dom import DOMNode

from jupystra_tui import protocol, ui
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import JobState, KillPart, SessionPhase
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.commands import COMMANDS, Command, Where, bindings
from jupystra_tui.ui.enabled import (
    TABLES,
    ClusterSelection,
    FormSelection,
    JobSelection,
    LaunchSelection,
    LoginSelection,
    Selection,
    TunnelSelection,
    enabled,
)
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.ui.screens.cluster_screen import ClusterScreen
from jupystra_tui.ui.screens.confirm import ConfirmKill
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.screens.help import SECTIONS, HelpScreen
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen
from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen
from jupystra_tui.ui.screens.log import LogScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.tunnels_screen import TunnelsScreen
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.launches import NOT_FOUND, READY, SCRIPT, launch_at
from tests.ui.stage import dashboard
from tests.ui.stories import LAB, SESSION, TUNNEL, UNET, WAITING

FOLDER = Path(ui.__file__).parent
MOVES = {
    "up", "down", "left", "right", "up,left", "down,right", "pageup", "pagedown", "home", "end", "enter", "space",
    "enter,space", "down,j",
}  # fmt: skip
"""Keys that move or activate the focus: the only ones that are in no list."""
SCREENS: dict[type[FramedScreen], type | None] = {
    JobsScreen: JobSelection,
    TunnelsScreen: TunnelSelection,
    ClusterScreen: ClusterSelection,
    LaunchFormScreen: FormSelection,
    LaunchProgressScreen: LaunchSelection,
    LoginScreen: LoginSelection,
    LogScreen: None,
}
UP = SessionPhase.UP


def classes_of_ui() -> list[type[DOMNode]]:
    """Return every screen, widget and app class of the dashboard."""
    for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}."):
        importlib.import_module(module.name)
    found: list[type[DOMNode]] = []
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        children = waiting.pop().__subclasses__()
        waiting += children
        found += [child for child in children if child.__module__.startswith(ui.__name__)]
    return found


def sources() -> dict[str, ast.Module]:
    """Return the syntax trees of the dashboard's modules."""
    return {str(path.relative_to(FOLDER)): ast.parse(path.read_text()) for path in FOLDER.rglob("*.py")}


def calls(tree: ast.Module, *names: str) -> list[ast.Call]:
    """Return the calls of functions or classes of these names."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in found if ast.unparse(call.func).rpartition(".")[2] in names]


def test_every_binding_of_every_screen_is_a_command() -> None:
    declared = [binding for where in get_args(Where) for binding in bindings(where)]
    classes = [cls for cls in classes_of_ui() if "BINDINGS" in vars(cls)]
    assert {LaunchFormScreen, LaunchProgressScreen, LoginScreen, LogScreen, HelpScreen.__base__} <= set(
        classes
    )
    for cls in classes:
        for binding in vars(cls)["BINDINGS"]:
            assert isinstance(binding, Binding), cls
            silent = not (binding.show or binding.id or binding.description)
            assert binding in declared or (silent and binding.key in MOVES), (cls, binding)


def test_bindings_are_made_in_one_module() -> None:
    makers = {name for name, tree in sources().items() if calls(tree, "Binding")}
    assert makers == {"commands.py"}


def test_every_choice_of_a_dialog_is_a_command() -> None:
    ids = {command.id for command in COMMANDS}
    used = {
        str(call.args[0].value)
        for name, tree in sources().items()
        for call in calls(tree, "Choice", "HostKeyChoice")
        if name not in ("screens/dialog.py",)
        and len(call.args) > 1
        and isinstance(call.args[0], ast.Constant)
    }
    assert {"yes", "trust", "cancel", "keepopen", "more"} <= used <= ids
    assert {command.id for command in COMMANDS if command.where == "dialogs"} <= used


def test_one_id_has_one_key() -> None:
    """A remapped key applies to all rows of its id, and texts that name a key find it by the id."""
    for command in COMMANDS:
        assert key_finder({}).all(command.id) == tuple(command.key.split(",")), command


@pytest.mark.parametrize("where", [where for where in get_args(Where) if where != "dialogs"])
def test_no_two_commands_of_one_part_share_a_key(where: Where) -> None:
    own = [command for command in COMMANDS if command.where == where]
    keys = [key for command in own for key in command.key.split(",")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_command_of_a_screen_has_an_action_and_every_rule_a_command(screen: type[FramedScreen]) -> None:
    own = [command for command in COMMANDS if command.where == screen.where]
    assert own
    for command in own:
        if command.action != "app.back":
            assert callable(getattr(screen, f"action_{command.id}")), command
    kind = SCREENS[screen]
    rules = TABLES[kind] if kind else {}
    assert set(rules) <= {command.id for command in own}


def test_the_help_lists_every_command() -> None:
    lines = [str(line) for line in HelpScreen(key_finder({}))._lines()]
    assert set(SECTIONS) == set(get_args(Where))
    for command in COMMANDS:
        assert any(command.label in line and line.endswith(command.help) for line in lines), command


@pytest.mark.parametrize(
    ("command", "selection", "runs"),
    [
        ("kill", JobSelection(JobView(LAB), UP), True),
        ("kill", JobSelection(JobView(UNET), UP), False),
        ("kill", JobSelection(), False),
        ("log", JobSelection(JobView(WAITING), UP), False),
        ("script", JobSelection(JobView(LAB, tunnel=TUNNEL), UP), True),
        ("script", JobSelection(JobView(WAITING), UP), False),
        ("progress", JobSelection(JobView(LAB), UP, launch_at(1)), True),
        ("progress", JobSelection(JobView(LAB), UP), False),
        ("filter", JobSelection(has_jobs=True), True),
        ("filter", JobSelection(has_jobs=True, filtering=True), False),
        ("details", JobSelection(JobView(LAB), beside=True), False),
        ("close", TunnelSelection(TUNNEL), True),
        ("browser", TunnelSelection(replace(TUNNEL, ready=False)), False),
        ("close", TunnelSelection(), False),
        ("nodekey", ClusterSelection(SESSION, connected=True), True),
        ("nodekey", ClusterSelection(SESSION, connected=False), False),
        ("logout", ClusterSelection(None, connected=True), False),
        ("preview", FormSelection(beside=True), False),
        ("start", FormSelection(), True),
        ("change", LaunchSelection(launch_at(2, problem=NOT_FOUND)), True),
        ("kill", LaunchSelection(launch_at(2, problem=NOT_FOUND)), False),
        ("browser", LaunchSelection(READY), True),
        ("browser", LaunchSelection(READY, JobState.CANCELLED), False),
        ("log", LaunchSelection(None), False),
        ("choose", LoginSelection(chosen=True, in_progress=True), False),
        ("back", LoginSelection(in_progress=True), True),
        ("anything", None, True),
    ],
)
def test_what_can_run_depends_on_the_selection(command: str, selection: Selection, runs: bool) -> None:
    assert enabled(command, selection) is runs


async def test_a_remapped_key_works_in_the_dialog_that_shows_it(worker: FakeWorker) -> None:
    async with dashboard(worker, config=Config(keys={"yes": "z,ctrl+y", "no": "f9"})) as (pilot, app):
        part = KillPart(LAB.id, LAB.state, LAB.name)
        worker.expect(protocol.PlanKill, protocol.KillPlan((part,)), always=True)
        worker.expect(protocol.Cancel, protocol.Killed((part,)))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, ConfirmKill))
        await until(pilot, lambda: " z   yes, kill" in seen(pilot) and " f9 " in seen(pilot))
        await pilot.press("y")
        assert isinstance(app.screen, ConfirmKill)
        await pilot.press("ctrl+y")
        assert await worker.was_asked(protocol.Cancel) == protocol.Cancel("o2", (part,))


async def test_remapped_keys_work_in_the_form_and_its_texts_name_them(worker: FakeWorker) -> None:
    config = Config(keys={"script": "S", "more": "f6", "preview": "f7", "start": "f5"})
    async with dashboard(worker, (80, 24), config=config) as (pilot, app):
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
        worker.expect(protocol.Start, protocol.Started("L1"))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchFormScreen) and "f5 Start" in seen(pilot))
        assert "f6  more: QOS" in seen(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: app.screen.query_one("#collapsed").display)
        await pilot.press("f7")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one("#pane"))
        await pilot.press("f5")
        await worker.was_asked(protocol.Start)
        await until(pilot, lambda: isinstance(app.screen, LaunchProgressScreen))


async def test_the_palette_lists_what_can_run_on_the_screen_below(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(("o2",)))
    app = JupystraApp(Config())
    async with app.run_test(size=(80, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and "enter Log in" in seen(pilot))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Log in to the selected cluster" in seen(pilot))
        assert "Stop logging in" not in seen(pilot)


def test_ids_and_keys_of_the_first_release_are_kept() -> None:
    kept = {
        "new": "n", "connect": "enter", "browser": "o", "log": "l", "kill": "k", "copy": "y", "script": "s",
        "filter": "slash", "refresh": "r", "login": "i", "details": "space", "reconnect": "r", "close": "x",
        "logout": "x", "nodekey": "a", "jobs": "1", "tunnels": "2", "cluster": "3", "back": "escape",
        "palette": "ctrl+p", "help": "question_mark", "quit": "q", "start": "ctrl+s", "change": "e", "more": "ctrl+o",
    }  # fmt: skip
    keys: dict[str, Command] = {command.id: command for command in COMMANDS}
    assert {id: keys[id].key for id in kept} == kept
