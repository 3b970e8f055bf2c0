"""Detects that this laptop slept, or that this process was stopped."""

import asyncio
import time
from collections.abc import Callable

TICK_SECONDS = 1.0
JUMP_SECONDS = 3.0


class SleepWatch:
    """Calls its subscribers when the laptop woke up; one timer runs while there are any.

    A process that was stopped and continues counts as waking, and so does a wall clock that was set forward where the
    system has no clock that counts sleep.
    """

    def __init__(self) -> None:
        self._subscribers: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._ticked = self._awake = 0.0

    def subscribe(self, on_wake: Callable[[], None]) -> Callable[[], None]:
        """Have `on_wake` called after each sleep; returns what ends that. Idempotent."""
        self._subscribers.append(on_wake)
        if self._timer is None:
            self._start()

        def unsubscribe() -> None:
            if on_wake in self._subscribers:
                self._subscribers.remove(on_wake)
            if not self._subscribers and self._timer:
                self._timer.cancel()
                self._timer = None

        return unsubscribe

    def _start(self) -> None:
        self._ticked, self._awake = _elapsed(), time.monotonic()
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        slept = max(_elapsed() - self._ticked, time.monotonic() - self._awake) - TICK_SECONDS
        self._start()
        if slept > JUMP_SECONDS:
            for on_wake in tuple(self._subscribers):
                on_wake()


def _elapsed() -> float:
    """Return seconds on a clock that continues during sleep."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() if boottime is None else time.clock_gettime(boottime)
