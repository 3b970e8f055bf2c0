"""CONTRIBUTING.md names files and code that exist, and its lists for options, commands and verbs are complete."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest

from jupystra_tui.model import JobRequest
from jupystra_tui.options import OPTIONS
from jupystra_tui.ui.commands import COMMANDS, Command
from jupystra_tui.verbs.parser import VERBS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "jupystra_tui"
GUIDE = ROOT.joinpath("CONTRIBUTING.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL))
PATHS = {text for text in QUOTED if re.fullmatch(r"[\w.*-]*(/[\w.*-]+)+/?|[\w-]+\.(md|toml)", text)}
NAMES = {text for text in QUOTED if re.fullmatch(r"[a-z_]+(\.\w+)+", text)} - PATHS
SCREENS = "jupystra_tui/ui/screens/"
IN_THE_GUIDE = ("jobs", "tunnels", "cluster", "everywhere")
"""Where the guide's commands work; those of dialogs are buttons."""
PLAIN_OPTION = "qos"
"""An option that needs nothing but its scheduler's own option and a hint."""


def section(title: str) -> str:
    """Return the text of a section."""
    text = GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert text, title
    return text


def named_files(title: str) -> set[str]:
    """Return the files that a section names."""
    return {path for path in PATHS if f"`{path}`" in section(title) and not path.endswith("/")}


def sources(folder: Path) -> Iterator[tuple[str, str]]:
    """Return path and text of each module, but those of the practice cluster."""
    for path in folder.rglob("*.py"):
        if PACKAGE / "demo" not in path.parents:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def methods(text: str) -> set[str]:
    """Return the names of the functions in a module."""
    return {
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@cache
def files_by_action() -> dict[str, set[str]]:
    """Return the modules of the dashboard that define each `action_…` method."""
    files: dict[str, set[str]] = {}
    for path, text in sources(PACKAGE / "ui"):
        for name in methods(text):
            if name.startswith("action_"):
                files.setdefault(name, set()).add(path)
    return files


def test_the_guide_names_many_files_and_much_code() -> None:
    assert len(PATHS) > 50
    assert len(NAMES) > 30


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_path_exists(path: str) -> None:
    assert list(ROOT.glob(path)), path


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_exists(name: str) -> None:
    assert resolve_name(f"jupystra_tui.{name}") is not None


def test_every_package_is_in_the_table() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `jupystra_tui/(\w+)/`", section("Packages"), re.MULTILINE)) == packages


def test_every_folder_of_tests_is_in_the_table() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")} - {"bench"}
    assert set(re.findall(r"`tests/(\w+)/`", section("Tests"))) == folders


def test_an_option_is_added_in_the_files_of_the_list() -> None:
    assert PLAIN_OPTION in JobRequest.__struct_fields__
    assert PLAIN_OPTION in {option.name for option in OPTIONS}
    files = {path for path, text in sources(PACKAGE) if re.search(rf"\b{PLAIN_OPTION}\b", text)}
    assert files <= named_files("Add a launch option")
    assert {path for path in files if "/options/" in path or "/model/" in path} == {
        "jupystra_tui/model/request.py",
        "jupystra_tui/options/table.py",
    }


@pytest.mark.parametrize(
    "command",
    [one for one in COMMANDS if one.where in IN_THE_GUIDE and one.id != "palette"],  # Textual's own
    ids=lambda one: f"{one.where}-{one.id}",
)
def test_a_command_is_added_in_the_files_of_the_list(command: Command) -> None:
    action = f"action_{(command.action or command.id).partition('(')[0]}"
    files = files_by_action().get(action, set())
    title = "Add a command of the dashboard"
    listed = named_files(title)
    assert f"`{SCREENS}`" in section(title)
    assert any(path in listed or path.startswith(SCREENS) for path in files)
    if command.where != "everywhere":
        screen = {f"{SCREENS}{command.where}{end}.py" for end in ("", "_screen", "_commands")}
        assert screen & files & listed


def test_keys_are_declared_only_in_the_file_of_the_list() -> None:
    assert "jupystra_tui/ui/commands.py" in named_files("Add a command of the dashboard")
    ids = {command.id for command in COMMANDS}
    declared = {
        (path, node.args[0].value)
        for path, text in sources(PACKAGE / "ui")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Command"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert {path for path, _ in declared} == {"jupystra_tui/ui/commands.py"}
    assert {name for _, name in declared} == ids


def test_a_verb_is_a_module_and_a_line() -> None:
    assert "jupystra_tui/verbs/parser.py" in named_files("Add a verb of `jupystra`")
    for module, _ in VERBS.values():
        text = (PACKAGE / "verbs" / f"{module}.py").read_text(encoding="utf-8")
        assert {"add", "run"} <= methods(text), module
