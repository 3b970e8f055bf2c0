"""Waits until a login node can be reached again."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from jupystra_tui.backoff import Backoff
from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Action, Layer, Problem
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin, LoginThrottled
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.tcp import Address, ProbeResult, addresses, has_route, probe

PROBE_SECONDS = 3.0
UNATTENDED_SECONDS = 30.0
UNATTENDED_PROXY_SECONDS = (10.0, 10.0, 45.0)  # short: a command that began in a cut may not notice its end
QUICK_PAUSE, QUICK_SECONDS = 1.0, 600.0
LOOKUP_SECONDS = 10.0
LONGEST_QUICK, LONGEST = 4.0, 15.0
LONGEST_CLOSED = 60.0
THROTTLED = 30.0, 300.0  # the first pause and the longest
T = TypeVar("T")
REFUSES = Problem(
    "The login node refuses connections",
    "It may be restarting: it is tried again by itself.",
    layer=Layer.NETWORK,
)


class Outage:
    """One time without a connection to a login node, whose `known` addresses it was last reached at.

    Probes are frequent for ten minutes, as packets lead nowhere meanwhile; what the login node itself turns down is
    tried again ever less often, and seldom where it said that it takes no connection.
    """

    def __init__(self, endpoint: Endpoint | None, known: tuple[Address, ...]) -> None:
        self._endpoint = endpoint
        self._known = known
        self._began = time.monotonic()
        self._failures = Backoff(1.0, LONGEST)
        self._refusals = Backoff(1.0, LONGEST)
        self._later = Backoff(2.0, LONGEST, factor=1.5)
        self._closed = Backoff(1.0, LONGEST_CLOSED)
        self._throttled = Backoff(*THROTTLED)
        self._probes = True
        self._lookup: asyncio.Task[tuple[Address, ...]] | None = None
        self._looked_up = self._began
        self._hurry = asyncio.Event()

    @property
    def _quick(self) -> bool:
        return time.monotonic() - self._began < QUICK_SECONDS

    def hurry(self) -> None:
        """Try again now, and often: the laptop woke up."""
        self._began = time.monotonic()
        for backoff in (self._failures, self._refusals, self._later, self._closed):
            backoff.reset()
        self._hurry.set()

    def close(self) -> None:
        """Stop what is in progress. Idempotent."""
        if self._lookup and not self._lookup.cancel():
            self._lookup.exception()  # it is done; its result is not needed

    async def until_reachable(self, show: Callable[[Problem], None]) -> None:
        """Return once the login node takes connections; at once where only a login can tell. `show` gets why not.

        After it said that it takes none for a while, no probe is sent: it counts each as an attempt.
        """
        while self._known and self._probes:
            began = time.monotonic()
            reply = await probe(self._known, PROBE_SECONDS)
            if reply is ProbeResult.CONNECTED:
                return
            show(REFUSES if reply is ProbeResult.REFUSED else problem_of_layer(self._layer))
            self._look_up()
            await self._rest(self._pause(reply) - (time.monotonic() - began))

    async def rest(self, error: JupystraError) -> None:
        """Wait before the next login after one that failed; longer where attempts may prolong the failure."""
        if isinstance(error, LoginThrottled):
            self._probes = False
            await self._rest(self._throttled.next())
        elif isinstance(error, ClosedBeforeLogin):
            await self._rest(self._closed.next())
        else:
            pause = self._failures.next()
            await self._rest(min(pause, LONGEST_QUICK) if self._quick else pause)

    @property
    def _layer(self) -> Layer:
        return Layer.NETWORK if has_route(self._known) else Layer.LAPTOP_OFFLINE

    def _pause(self, reply: ProbeResult) -> float:
        """Return seconds from the begin of one probe to the begin of the next."""
        if reply is ProbeResult.REFUSED:
            return self._refusals.next()
        return QUICK_PAUSE if self._quick else self._later.next()

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._hurry.wait()
        except TimeoutError:
            pass
        self._hurry.clear()

    def _look_up(self) -> None:
        """Learn new addresses now and then, beside the probes: a lookup without network takes long."""
        if self._lookup and self._lookup.done():
            found = () if self._lookup.exception() else self._lookup.result()
            self._known = tuple(dict.fromkeys((*self._known, *found)))
            self._lookup = None
        if self._endpoint and self._lookup is None and time.monotonic() - self._looked_up > LOOKUP_SECONDS:
            self._looked_up = time.monotonic()
            self._lookup = asyncio.create_task(addresses(self._endpoint.host, self._endpoint.port))


def problem_of_layer(layer: Layer, detail: str = "") -> Problem:
    """Return the problem that a failed layer is to the user."""
    action = Action.LOG_IN if layer is Layer.LOGIN_REFUSED else None
    return Problem(
        f"{layer.value[0].upper()}{layer.value[1:]}", layer.hint, detail, layer=layer, next_action=action
    )


async def quickly(logging_in: Coroutine[Any, Any, T], endpoint: Endpoint, attempt: int) -> T:
    """Return what a login unattended returns; raises ConnectError when it takes long."""
    patience = UNATTENDED_PROXY_SECONDS
    seconds = patience[attempt % len(patience)] if endpoint.proxy else UNATTENDED_SECONDS
    try:
        async with asyncio.timeout(seconds):
            return await logging_in
    except TimeoutError as error:
        title = f"The login to {endpoint.alias} was not done within {seconds:.0f} s"
        raise ConnectError(title, "It is tried again by itself.", layer=Layer.NETWORK) from error
