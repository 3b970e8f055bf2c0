"""Waits for a tunnel to be ready."""

import asyncio
import contextlib
from collections.abc import Callable

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Action, SessionPhase, TunnelState
from jupystra_tui.worker.tunnel_actor import TunnelActor


async def until_ready(
    actor: TunnelActor,
    patience: float,
    through_breaks: bool = False,
    opened: Callable[[], None] = lambda: None,
) -> None:
    """Wait until the server answers through its tunnel; raises JupystraError with the reason why it does not.

    That is after `patience` seconds, or at once where only the user can help. With `through_breaks` a session that is
    not connected is waited for, however long that takes, unless its login failed. `opened` is called when the tunnel
    is open and its server does not answer yet, each time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience
    while not actor.shown.ready:
        changed = actor.changed
        if actor.shown.state is TunnelState.UP:
            opened()
        away = through_breaks and actor.session.shown.phase in (SessionPhase.LOST, SessionPhase.WAITING)
        if away:
            deadline = loop.time() + patience
        if actor.closed or not away:
            _raise_if_over(actor, late=loop.time() >= deadline)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.1, deadline - loop.time())):
                await changed.wait()


def _raise_if_over(actor: TunnelActor, late: bool) -> None:
    if actor.closed:
        raise TunnelError(
            "The tunnel was closed before it was open",
            "Connect to its job to try again.",
            action=Action.CONNECT,
        )
    if actor.ended:
        raise TunnelError(actor.shown.reason, "Start another job.")
    asked = actor.shown.state is TunnelState.CONNECTING  # the user may be about to answer
    if actor.shown.state is TunnelState.WAITING or (late and not asked):
        raise actor.error or TunnelError("The server does not answer yet", "It is tried again by itself.")
