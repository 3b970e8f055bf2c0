"""An error that ends the dashboard: it exits, saves the traceback, and says what to do."""

import stat
from pathlib import Path
from typing import Any

import pytest

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.log import LogScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.widgets.facts import Facts
from jupystra_tui.ui.widgets.row_table import Table
from jupystra_tui.ui.widgets.topbar import TopBar

from .conftest import until
from .fake_worker import FakeWorker
from .stage import dashboard


def fail(*_: Any) -> Any:
    """Raise an error while a variable has a secret."""
    password = "hunter2"
    raise RuntimeError(f"a defect after {len(password)} letters")


async def crashed(
    worker: FakeWorker, kind: type, method: str, monkeypatch: Any, *, temporary: bool
) -> JupystraApp:
    """Make a method of Textual's fail while the dashboard runs, and return the dashboard when it has ended."""
    app: JupystraApp | None = None
    with pytest.raises(RuntimeError, match="a defect"):  # noqa: PT012 - the test's app raises it at its end
        async with dashboard(worker, temporary=temporary) as (pilot, app):
            monkeypatch.setattr(kind, method, fail)
            worker.expect(protocol.ReadLog, protocol.LogRead("/x", "text"), always=True)
            await pilot.press("down", "up", "l", "1", "3")
            await until(pilot, lambda: app and not app.is_running)
    assert app is not None
    return app


@pytest.mark.parametrize(
    ("kind", "method"),
    [(TopBar, "render"), (Facts, "get_content_height"), (Table, "render_line"), (LogScreen, "body")],
)
async def test_an_error_in_render_or_compose_saves_the_traceback(
    worker: FakeWorker,
    home: Path,
    kind: type,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = await crashed(worker, kind, method, monkeypatch, temporary=False)
    app._print_error_renderables()
    printed = " ".join(capsys.readouterr().err.split())
    assert "Internal error (RuntimeError)" in printed
    assert "Your jobs and tunnels continue" in printed
    file = home / "state" / "crash.log"
    assert str(file) in printed.replace(" ", "")
    assert "Traceback" not in printed
    assert app.return_code == 1
    assert "a defect after 7 letters" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [body for body in worker.asked if isinstance(body, protocol.Stop | protocol.Disconnect)]


@pytest.mark.parametrize("temporary", [True, False])
async def test_a_traceback_that_cannot_be_saved_is_printed_without_values(
    worker: FakeWorker,
    home: Path,
    temporary: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not temporary:
        (home / "state").write_text("not a folder")
    app = await crashed(worker, TopBar, "render", monkeypatch, temporary=temporary)
    app._print_error_renderables()
    printed = capsys.readouterr().err
    assert "in fail" in printed
    assert "a defect after 7 letters" in printed
    assert "hunter2" not in printed.replace('password = "hunter2"', "")
    assert ("practice cluster ends" in printed) is temporary


@pytest.mark.parametrize("theme", ["nord", "textual-light", "jupystra-light", "no such theme"])
async def test_a_theme_of_textual_can_be_chosen(worker: FakeWorker, theme: str) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config(theme=theme))
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        assert app.theme == (theme if theme in app.available_themes else "jupystra-dark")
