"""Imports run in one direction, and the dashboard starts without the worker's modules."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.package import cycles, imports, modules

HEAVY = (
    "paramiko",
    "cryptography",
    "jupystra_tui.worker",
    "jupystra_tui.ssh",
    "jupystra_tui.demo",
    "jupystra_tui.schedulers.roles",
    "http.server",
)


SLOW = (
    "hashlib",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "jupystra_tui.verbs",
    "sqlite3",
    "zipfile",
)
"""What takes time to import, and what the first screen does without."""
FIRST_SCREEN = """
import jupystra_tui.cli, jupystra_tui.ui.app, jupystra_tui.ui.screens.login
from jupystra_tui.frontend import presets
presets.offered()
"""

FIRST_PAINT = """
from textual.app import App
App.run = lambda app: None
from jupystra_tui.__main__ import main
main()
"""
"""The start of `jupystra-tui` without flags, up to the point where Textual takes over."""
NOT_YET = (
    "argparse.",
    "jupystra_tui.apps.",
    "jupystra_tui.cli.",
    "jupystra_tui.frontend.presets.",
    "jupystra_tui.frontend.settings.",
    "jupystra_tui.options.",
    "jupystra_tui.schedulers.",
    "tomllib.",
)
"""What is imported only for flags, a settings file or a screen that is opened later."""


def modules_after(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has after `statement`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["jupystra_tui.cli", "jupystra_tui.ui.app", "jupystra_tui.verbs"])
def test_a_front_end_does_not_import_the_worker(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert module in loaded
    assert {name for name in loaded if name.startswith(HEAVY)} == set()


def test_the_first_screen_imports_nothing_slow_that_textual_does_without() -> None:
    more = modules_after(FIRST_SCREEN) - modules_after("import textual.app, textual.widgets._input")
    assert "jupystra_tui.ui.screens.login" in more
    assert {name for name in more if name.startswith(SLOW)} == set()


def test_the_first_paint_imports_no_flags_no_settings_and_nothing_of_others_but_msgspec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path))
    bare = modules_after("import textual.app, textual.drivers.linux_driver")
    more = modules_after(FIRST_PAINT) - bare
    assert "jupystra_tui.ui.screens.jobs" in more
    assert {name for name in more if f"{name}.".startswith(NOT_YET)} == set()
    others = {name for name in more if not name.startswith(("jupystra_tui", "msgspec", "textual", "rich"))}
    assert others <= {"gc", "pwd", "resource"}
    (tmp_path / "config.toml").write_text('theme = "jupystra-light"')
    assert "jupystra_tui.frontend.settings" in modules_after(FIRST_PAINT)


@pytest.mark.parametrize(
    "module", ["jupystra_tui.worker.dispatcher", "jupystra_tui.demo", "jupystra_tui.verbs"]
)
def test_only_the_dashboard_imports_textual(module: str) -> None:
    assert not {name for name in modules_after(f"import {module}") if name.startswith("textual")}


@pytest.mark.parametrize("package", ["model", "schedulers.slurm", "apps.script", "protocol"])
def test_pure_packages_import_no_package_with_io(package: str) -> None:
    loaded = modules_after(f"import jupystra_tui.{package}")
    ours = {name.split(".")[1] for name in loaded if name.startswith("jupystra_tui.")}
    assert ours <= {
        "model",
        "options",
        "schedulers",
        "apps",
        "protocol",
        "errors",
        "text",
        "paths",
        "ownership",
    }


def test_no_modules_import_each_other() -> None:
    assert cycles(imports(modules())) == []


def test_a_cycle_is_found_wherever_its_imports_are() -> None:
    sources = {
        "p": "",
        "p.a": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.b import B",
        "p.b": "def f():\n    from p import c",
        "p.c": "import p.a",
        "p.d": "from p import a",
    }
    trees = {name: ast.parse(source) for name, source in sources.items()}
    assert cycles(imports(trees)) == [["p.a", "p.b", "p.c"]]
