"""When the dashboard itself stumbles, its last words hold no secret; when a theme is somebody else's, it does not."""

import pytest

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.login import LoginScreen

from .conftest import until
from .fake_worker import FakeWorker


async def test_a_crash_prints_no_values(worker: FakeWorker, capsys: pytest.CaptureFixture[str]) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config())
    with pytest.raises(RuntimeError, match="stumbled"):  # noqa: PT012 - it is raised as the app ends
        async with app.run_test() as pilot:
            await until(pilot, lambda: isinstance(app.screen, LoginScreen))
            try:
                password = "hunter2"
                raise RuntimeError(f"stumbled over {len(password)} letters")
            except RuntimeError as error:
                app._handle_exception(error)
    app._print_error_renderables()
    printed = capsys.readouterr()
    assert "stumbled" in printed.out + printed.err
    assert "hunter2" not in (printed.out + printed.err).replace('password = "hunter2"', "")


@pytest.mark.parametrize("theme", ["nord", "textual-light", "jupystra-light", "no such theme"])
async def test_the_themes_of_others_are_welcome(worker: FakeWorker, theme: str) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config(theme=theme))
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))
        assert app.theme == (theme if theme in app.available_themes else "jupystra-dark")
