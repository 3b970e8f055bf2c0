"""Every theme that is offered can be read: text 4.5:1, marks 3:1, on ground, bars and the selected row."""

from typing import Any

import pytest
from msgspec.structs import replace
from rich.color import ColorSystem
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Problem, SessionPhase
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.log_out import LogOutDialog
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.theme import OFFERED
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard
from tests.ui.stories import BROKEN, O2, SECOND, SESSION, TUNNEL
from tests.ui.strips import MARK, cells, contrast, marked

FRAME = set("╭╮╰╯│─├┤┌┐└┘▁▔▎▊▕")
"""Thin frames only divide; nothing is told by them."""
MARKS = set("●○◐◆◇×√█▌▂▃▄▅▆▇·—…▼▲↑↓!")


def faint(
    pilot: Pilot[Any], within: str = "", system: ColorSystem = ColorSystem.TRUECOLOR
) -> dict[str, float]:
    """Return what on the screen, or in one of its widgets, cannot be read, with its contrast.

    With 256 colors the nearest color is up to half a step less readable.
    """
    region = pilot.app.screen.query_one(within).region if within else pilot.app.screen.region
    poor: dict[str, float] = {}
    for cell in cells(pilot, system):
        if cell.text in FRAME or not region.contains(cell.place, cell.line):
            continue
        ratio, tolerance = contrast(cell), 0.005 if system is ColorSystem.TRUECOLOR else 0.5
        if ratio < (3.0 if cell.text in MARKS else 4.5) - tolerance:
            poor[f"{cell.text} on line {cell.line}"] = round(ratio, 2)
    return poor


@pytest.mark.parametrize("theme", OFFERED)
async def test_all_is_readable_in_every_theme(worker: FakeWorker, theme: str) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(("fas", "gpu1")), always=True)
    worker.expect(
        protocol.Preview, protocol.Previewed("#!/bin/bash\n# a comment\ncd ~ || exit 1\n"), always=True
    )
    async with dashboard(worker, config=Config(theme=theme)) as (pilot, app):
        assert app.theme == theme
        worker.tell(protocol.TunnelsChanged((TUNNEL, SECOND, BROKEN)))
        await until(pilot, lambda: len(app.tunnels) == 3)
        for _ in range(6):
            await pilot.pause()
            assert len(marked(pilot)) == 1
            assert not faint(pilot), "jobs"
            await pilot.press("down")
        for key, word in (("2", "ROUTE"), ("3", "IDLE NODES")):
            await pilot.press(key)
            await until(pilot, lambda word=word: word in seen(pilot) and MARK in seen(pilot))  # type: ignore[misc]
            for _ in range(3):
                await pilot.pause()
                assert not faint(pilot), word
                await pilot.press("down")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, LogOutDialog))
        await pilot.pause()
        assert not faint(pilot, "#box"), "a dialog"
        await pilot.press("escape", "1", "n")
        await until(pilot, lambda: "#!/bin/bash" in seen(pilot))
        for _ in range(4):
            await pilot.pause()
            assert not faint(pilot), "the form"
            await pilot.press("tab")


@pytest.mark.parametrize("theme", ["jupystra-dark", "jupystra-light"])
@pytest.mark.parametrize("terminal", ["NO_COLOR", "256 colors"])
async def test_screens_are_readable_without_color_and_with_256_colors(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, terminal: str, theme: str
) -> None:
    """Nothing is told by color alone: states have symbols and words, and the selected row has a bar."""
    system = ColorSystem.EIGHT_BIT if terminal == "256 colors" else ColorSystem.TRUECOLOR
    if terminal == "NO_COLOR":
        monkeypatch.setenv("NO_COLOR", "1")
    worker.expect(protocol.Preview, protocol.Previewed("#!/bin/bash\n# a comment\ncd ~\n"), always=True)
    async with dashboard(worker, config=Config(theme=theme)) as (pilot, app):
        worker.tell(protocol.TunnelsChanged((TUNNEL, SECOND, BROKEN)))
        await until(pilot, lambda: len(app.tunnels) == 3)
        for key, words in (
            ("1", ("● running", "○ pending", "× out of memory", "√ done", "● READY")),
            ("2", ("● up", "◐ retry")),
            ("3", ("● connected", "● up")),
        ):
            await pilot.press(key)
            await until(pilot, lambda words=words: all(word in seen(pilot) for word in words))  # type: ignore[misc]
            await pilot.pause()
            assert len(marked(pilot)) == 1
            assert not faint(pilot, system=system), key
            if terminal == "NO_COLOR":
                assert all(len(set(cell.color)) == 1 for cell in cells(pilot)), "a color is left"
        await pilot.press("1", "n")
        await until(pilot, lambda: "#!/bin/bash" in seen(pilot))
        await pilot.pause()
        assert not faint(pilot, system=system), "the form"


@pytest.mark.parametrize("theme", OFFERED)
async def test_the_login_is_readable_in_every_theme(worker: FakeWorker, theme: str) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(("fas", "gpu1")), always=True)
    problem = Problem("o2 refused the password", "Try again.", "all of it")
    app = JupystraApp(Config(theme=theme))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and "fas" in seen(pilot))
        assert not faint(pilot)
        worker.expect(protocol.Login)
        await pilot.press(*"o2", "enter")
        down = replace(SESSION, cluster=replace(O2, name="o2"), phase=SessionPhase.DOWN, problem=problem)
        worker.tell(protocol.SessionChanged(down))
        await until(pilot, lambda: "refused the password" in seen(pilot))
        assert "× o2 refused the password" in seen(pilot)
        assert not faint(pilot)


def test_themes_in_the_terminals_own_colors_are_not_offered() -> None:
    assert not [name for name in OFFERED if "ansi" in name]
    assert {"jupystra-dark", "jupystra-light", "nord", "textual-light"} <= set(OFFERED) < set(BUILTIN_THEMES)


@pytest.mark.parametrize("theme", ["no such theme", "ansi-dark"])
async def test_a_theme_that_is_not_there_is_said(worker: FakeWorker, theme: str) -> None:
    async with dashboard(worker, config=Config(theme=theme)) as (pilot, app):
        await until(pilot, lambda: f"There is no theme “{theme}”" in seen(pilot))
        assert app.theme == "jupystra-dark"
        assert "nord" in seen(pilot)
