"""Keeps the dashboard attached to the worker: starts it, and starts it again when it dies."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.client import Client, VersionMismatch
from jupystra_tui.frontend.next_steps import How

R = TypeVar("R", bound=protocol.Outcome)
TRIES = 3
PAUSE_SECONDS = 0.5
SETTLED_SECONDS = 10.0


class Link:
    """Owns the `Client`. `say` is given what is being done about the worker; nothing when all is well."""

    def __init__(
        self,
        on_event: Callable[[protocol.Event], object],
        on_lost: Callable[[], object],
        say: Callable[[str], None],
        how: How,
    ) -> None:
        self._client = Client(on_event, on_lost, how=how)
        self._say = say
        self._tries = 0
        self._opened = 0.0

    @property
    def connected(self) -> bool:
        """Whether requests can be sent."""
        return self._client.connected

    async def ask(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises JupystraError."""
        return await self._client.request(body)

    async def open(self) -> None:
        """Attach, starting the worker if need be.

        Raises WorkerError after three failures in a row; an end soon after a start is a failure too. Raises
        VersionMismatch for a worker of another version.
        """
        await self._client.aclose()
        if self._now() - self._opened > SETTLED_SECONDS:
            self._tries = 0
        self._say("the worker ended, starting it again" if self._opened else "starting the worker")
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
        self._say("")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def aclose(self) -> None:
        """Detach; the worker lives on as long as it has tunnels."""
        await self._client.aclose()
