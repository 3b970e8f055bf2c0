"""Growing pauses between attempts."""

import random
from collections.abc import Callable


class Backoff:
    """Pauses in seconds: `first`, then `factor` times the one before, at most `longest`.

    Each is varied at random by up to the fraction `jitter`, the longest ones downward, so that clients that lost one
    server do not all come back to it at the same moment. `draw` returns a number from -1 to 1.
    """

    def __init__(
        self,
        first: float,
        longest: float,
        factor: float = 2.0,
        jitter: float = 0.2,
        draw: Callable[[], float] = lambda: random.uniform(-1, 1),
    ) -> None:
        self._first = first
        self._longest = longest
        self._factor = factor
        self._jitter = jitter
        self._draw = draw
        self._pause = first

    def next(self) -> float:
        """Return the pause before the next attempt."""
        pause = min(self._pause, self._longest)
        self._pause = min(pause * self._factor, self._longest)
        varied = pause * (1 + self._jitter * self._draw())
        return varied if varied <= self._longest else 2 * self._longest - varied

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._pause = self._first
