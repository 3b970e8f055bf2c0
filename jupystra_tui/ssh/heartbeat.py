"""Pings a connection, and decides when one that does not answer is dead."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from jupystra_tui.ssh.tcp import ProbeResult

BEAT_SECONDS = 12.0
ANSWER_SECONDS = 2.5  # after which a ping without an answer is reported
PING_AGAIN_SECONDS = 1.0
PROBE_SECONDS = 5.0
REFUSED_PAUSE = 2.0
GRACE, GRACE_WITH_USER = 1.0, 90.0  # TCP resends what an outage of 20 s lost up to that much later
GRACE_STEP = 30.0
LONGEST, LONGEST_WITH_USER = 180.0, 900.0


class Heartbeat:
    """Pings a connection at intervals. `needs_user` is whether another login would prompt the user.

    A connection without an answer is given up only when the host accepts a new one and the old one stays silent for a
    while (longer if a login would prompt the user), or after minutes. `ping` returns once the server has answered;
    `probe` returns within that many seconds whether the host accepts a new connection.
    `on_silence` is called with the time since which there has been no answer, in seconds since 1970; with 0 once there
    is one.
    """

    def __init__(
        self,
        ping: Callable[[], Awaitable[None]],
        probe: Callable[[float], Awaitable[ProbeResult]],
        on_silence: Callable[[float], None],
    ) -> None:
        self.needs_user = False
        self._ping = ping
        self._probe = probe
        self._on_silence = on_silence
        self._ping_requested = asyncio.Event()
        self._silent = False
        self._asked: asyncio.Future[bool] | None = None

    def ping_now(self) -> None:
        """Ping now."""
        self._ping_requested.set()

    async def answers(self) -> bool:
        """Return whether the server answers a ping within some seconds."""
        if self._silent:
            return False
        if self._asked is None:
            self._asked = asyncio.get_running_loop().create_future()
        self.ping_now()
        return await asyncio.shield(self._asked)

    async def until_dead(self) -> None:
        """Return when the connection is to be given up."""
        while True:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._ping_requested.wait()
            except TimeoutError:
                pass
            self._ping_requested.clear()
            if not await self._answers_in_time():
                return

    async def _answers_in_time(self) -> bool:
        """Return whether an answer came, however late, before the connection is to be given up."""
        ping = asyncio.ensure_future(self._answered())
        try:
            await asyncio.wait([ping], timeout=ANSWER_SECONDS)
            self._silent = not ping.done()
            self._settle_question(answers=ping.done())
            if ping.done():
                return True
            self._on_silence(time.time() - ANSWER_SECONDS)
            given_up = asyncio.ensure_future(self._until_given_up())
            try:
                await asyncio.wait([ping, given_up], return_when=asyncio.FIRST_COMPLETED)
            finally:
                given_up.cancel()
            if ping.done():
                self._silent = False
                self._on_silence(0.0)
            return ping.done()
        finally:
            ping.cancel()

    def _settle_question(self, *, answers: bool) -> None:
        asked, self._asked = self._asked, None
        if asked and not asked.done():
            asked.set_result(answers)

    async def _answered(self) -> None:
        """Return when the server answered; a ping that cannot be sent counts as one without an answer."""
        while True:
            try:
                return await self._ping()
            except OSError:
                await asyncio.sleep(PING_AGAIN_SECONDS)

    async def _until_given_up(self) -> None:
        longest = LONGEST_WITH_USER if self.needs_user else LONGEST
        silent, since_reply = 0.0, None  # seconds; time while this process is stopped does not count
        while silent < longest and (since_reply is None or since_reply < self._grace):
            began = time.monotonic()
            connected = await self._accepts_connection(since_reply)
            took = min(time.monotonic() - began, GRACE_STEP + PROBE_SECONDS)
            silent += took
            since_reply = (0.0 if since_reply is None else since_reply + took) if connected else None

    @property
    def _grace(self) -> float:
        return GRACE_WITH_USER if self.needs_user else GRACE

    async def _accepts_connection(self, since_reply: float | None) -> bool:
        """Return whether the host accepts a new connection; one that just did is tried again only after a while."""
        if since_reply is not None:
            left = self._grace - since_reply
            await asyncio.sleep(min(left, GRACE_STEP))
            if left <= GRACE_STEP:
                return True
        reply = await self._probe(PROBE_SECONDS)
        if reply is ProbeResult.REFUSED:
            await asyncio.sleep(REFUSED_PAUSE)
        return reply is ProbeResult.CONNECTED
