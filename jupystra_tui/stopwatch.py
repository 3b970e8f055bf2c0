"""Elapsed time that includes the computer's sleep."""

import time
from collections.abc import Callable


def _continuous() -> float:
    """Return seconds on a clock that continues during sleep, where the system has one that Python can read."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Stopwatch:
    """Counts seconds from when it was made, sleep included; what it says never goes back.

    On Linux one clock counts that. Elsewhere the wall clock is believed where it went further than the steady one: set
    forward it counts too much, set back nothing is lost but the sleep before that.
    """

    def __init__(
        self, steady: Callable[[], float] = _continuous, wall: Callable[[], float] | None = None
    ) -> None:
        self._clocks = [steady, *([wall] if wall else _wall())]
        self._began = [clock() for clock in self._clocks]
        self._most = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        gone = (clock() - began for clock, began in zip(self._clocks, self._began, strict=True))
        self._most = max(self._most, *gone)
        return self._most


def _wall() -> list[Callable[[], float]]:
    return [] if hasattr(time, "CLOCK_BOOTTIME") else [time.time]
