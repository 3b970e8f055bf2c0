"""When a failed tunnel is retried."""

import time
from collections.abc import Callable

from jupystra_tui.backoff import Backoff

PATIENCE = 180.0


class Retries:
    """Pauses in seconds: none after the first failure, then at most 3, and at most 30 once it has failed for 3 min."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._soon = Backoff(0.5, 3.0)
        self._later = Backoff(5.0, 30.0)
        self._began: float | None = None

    def next(self) -> float:
        """Count a failure and return how long to wait before the next attempt."""
        now = self._clock()
        if self._began is None:
            self._began = now
            return 0.0
        return (self._soon if now - self._began < PATIENCE else self._later).next()

    def reset(self) -> None:
        """Begin again: it was up, or what it depends on has changed."""
        self._soon.reset()
        self._later.reset()
        self._began = None
