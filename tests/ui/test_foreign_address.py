"""An address that leads elsewhere is neither opened nor copied nor printed, whoever sent it."""

from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import TunnelError
from jupystra_tui.frontend import browser
from jupystra_tui.text import Secret
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.verbs.server_output import url_of
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard

FOREIGN = "http://127.0.0.1:8888@evil.example/?token=s3cret"


@pytest.mark.parametrize("key", ["o", "y"])
@pytest.mark.parametrize("can_open", [True, False])
async def test_it_is_neither_opened_nor_copied(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, key: str, can_open: bool
) -> None:
    opened: list[Secret] = []
    monkeypatch.setattr(browser, "_can_open", lambda: can_open)
    monkeypatch.setattr(browser, "_write", lambda url, beginning: opened.append(url))
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret(FOREIGN)))
        await pilot.press("2", key)
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "does not lead to this computer" in seen(pilot).replace("\n", " ")
        assert (app.clipboard, opened) == ("", [])


async def test_no_command_prints_it() -> None:
    async def request(body: protocol.GetUrl) -> protocol.Url:
        return protocol.Url(Secret(FOREIGN))

    front_end: Any = SimpleNamespace(request=request)
    with pytest.raises(TunnelError, match="does not lead to this computer"):
        await url_of(front_end, "t1")
