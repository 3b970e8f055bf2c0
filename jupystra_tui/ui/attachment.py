"""Attaching the dashboard to the worker: at the start, and again when the worker ended."""

from collections.abc import Awaitable, Callable
from functools import partial

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.frontend.client import VersionMismatch
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.link import WorkerLink


class Attachment:
    """Finds the worker or starts it, one attempt at a time, and shows why this failed."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._link = WorkerLink(app.client, self._show_status)

    def begin(self) -> None:
        """Find the worker or start it, and log in again to the cluster that is shown."""
        self._run(self._link.open)

    def _show_status(self, status: str) -> None:
        self._app.worker_status = status

    def _run(self, opening: Callable[[], Awaitable[None]]) -> None:
        work: Callable[[], Awaitable[None]] = partial(self._find, opening)
        self._app.run_worker(work, group="attach", exclusive=True)

    async def _find(self, opening: Callable[[], Awaitable[None]]) -> None:
        app = self._app
        try:
            await opening()
        except VersionMismatch as mismatch:
            self._offer_restart(mismatch)
        except Exception as error:
            app.worker_status = f"no worker, {app.keys('refresh')} retries"
            app.show_error(error)
        else:
            if app.cluster:
                app.log_in_again(app.cluster)
            await self._synchronize()

    async def _synchronize(self) -> None:
        """The answer to a request comes after everything that the worker reports at the start."""
        try:
            await self._app.request(protocol.Attention(self._app.active))
        except JupystraError:
            return  # it has ended again and is being restarted
        self._app.synchronize()

    def _offer_restart(self, mismatch: VersionMismatch) -> None:
        from jupystra_tui.ui.screens.restart import RestartDialog

        def decided(restart: bool | None) -> None:
            if restart:
                self._run(self._link.replace)
            else:
                self._app.exit()

        self._app.stray_keys.guard()
        self._app.push_screen(RestartDialog(mismatch), decided)
