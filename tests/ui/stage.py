"""The dashboard on a stage, with a session at work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from jupystra_tui.frontend.config import Config
from jupystra_tui.ui.app import JupystraApp
from tests.ui.conftest import until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stories import everything


@asynccontextmanager
async def dashboard(
    worker: FakeWorker,
    size: tuple[int, int] = (120, 40),
    config: Config | None = None,
    *,
    temporary: bool = False,
) -> AsyncIterator[tuple[Pilot[Any], JupystraApp]]:
    """Come back to a session at work."""
    worker.tell(*everything())
    app = JupystraApp(config or Config(), temporary=temporary)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.ready and app.snapshot and app.tunnels)
        await pilot.pause()
        yield pilot, app
