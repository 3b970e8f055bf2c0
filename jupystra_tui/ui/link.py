"""Keeps the dashboard attached to the worker: starts it, and starts it again when it ended."""

import asyncio
from collections.abc import Callable

from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.client import Client, VersionMismatch

TRIES = 3
PAUSE_SECONDS = 0.5
SETTLED_SECONDS = 10.0


class WorkerLink:
    """Opens `client`. `show_status` gets what is being done about the worker, or an empty text when it is connected."""

    def __init__(self, client: Client, show_status: Callable[[str], None]) -> None:
        self._client = client
        self._show_status = show_status
        self._tries = 0
        self._opened = 0.0

    async def open(self) -> None:
        """Attach, starting the worker if needed.

        Raises WorkerError after three failures in a row; an end soon after a start is a failure too. Raises
        VersionMismatch for a worker of another version.
        """
        await self._client.aclose()
        if self._now() - self._opened > SETTLED_SECONDS:
            self._tries = 0
        self._show_status("the worker ended; restarting it" if self._opened else "starting the worker")
        while True:
            if self._tries >= TRIES:
                self._tries = 0
                raise WorkerError(
                    "The worker ended three times in a row", "See `jupystra worker log`, then try again."
                )
            self._tries += 1
            try:
                await self._client.open()
                self._settled()
                return
            except VersionMismatch:
                raise
            except JupystraError:
                if self._tries >= TRIES:
                    self._tries = 0
                    raise
                await asyncio.sleep(PAUSE_SECONDS)

    async def replace(self) -> None:
        """End a worker of another version and attach to a new one; raises WorkerError."""
        await self._client.replace()
        self._settled()

    def _settled(self) -> None:
        self._opened = self._now()
        self._show_status("")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
