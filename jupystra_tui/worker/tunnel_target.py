"""Where one tunnel leads, and who waits for it."""

import asyncio

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.worker.retries import Retries
from jupystra_tui.worker.tunnel_status import first_of


class TunnelTarget:
    """What its owner and its attempts share of a tunnel; `wake` is set when something of it has changed.

    `relay` is the login node's port that it passes through, 0 for none. `found` is its job's server, None while that
    is not known. `attended` is whether the user waits for it, so that questions may be asked. `needs_session` is
    whether it waits for the login. `retries` has the pauses between attempts.
    """

    def __init__(self, relay: int) -> None:
        self.relay = relay
        self.found: DiscoveredServer | None = None
        self.attended = False
        self.needs_session = False
        self.retries = Retries()
        self.wake = asyncio.Event()

    def retry_now(self) -> None:
        """Try at once: what it depends on has changed."""
        self.retries.reset()
        self.wake.set()

    async def woken(self, *ends: asyncio.Event, seconds: float | None = None) -> None:
        """Wait until something has changed or one of `ends` is set, for `seconds` at most."""
        await first_of(self.wake, *ends, seconds=seconds)
        self.wake.clear()
