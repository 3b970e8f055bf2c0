"""A tunnel as front ends see it, and an event for its changes."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from jupystra_tui.model import Action, Problem, Session, SessionPhase, Tunnel, TunnelState


class TunnelStatus:
    """The latest `tunnel`; `publish` is called, and `changed` set and replaced, at each change of it."""

    def __init__(self, tunnel: Tunnel, publish: Callable[[], None]) -> None:
        self.tunnel = tunnel
        self.changed = asyncio.Event()
        self._publish = publish

    def show(self, state: TunnelState, **changes: Any) -> None:
        """Show a state; what is not named in `changes` belonged to the state before."""
        since = self.tunnel.since if state is self.tunnel.state else time.time()
        fresh = {"ready": False, "reason": "", "problem": None, "retry_at": 0.0, "since": since}
        self.update(state=state, **{**fresh, **changes})

    def update(self, **changes: Any) -> None:
        """Show some fields changed."""
        changed = msgspec.structs.replace(self.tunnel, **changes)
        if changed != self.tunnel:
            self.tunnel = changed
            self.wake()
            self._publish()

    def wake(self) -> None:
        """Wake what waits for a change."""
        before, self.changed = self.changed, asyncio.Event()
        before.set()


def waiting_for(session: Session) -> tuple[TunnelState, Problem]:
    """Return the state of a tunnel whose session is not connected, and why that is so."""
    name = session.cluster.name
    match session.phase:
        case SessionPhase.WAITING | SessionPhase.DOWN:
            return TunnelState.WAITING, session.problem or Problem(
                f"Not connected to {name}", "Log in again.", next_action=Action.LOG_IN
            )
        case SessionPhase.LOST:
            lost = Problem(f"The connection to {name} is lost", "It reconnects by itself.")
            return TunnelState.RETRYING, session.problem or lost
        case _:
            return TunnelState.RESOLVING, Problem(f"Logging in to {name}", "It is opened once that is done.")


async def first_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of some events is set, for `seconds` at most."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
