"""Fake clocks: a monotonic one that stops while the computer sleeps, and the wall clock."""


class FakeClocks:
    """`steady` and `wall` return seconds."""

    def __init__(self) -> None:
        self._steady, self._wall = 1000.0, 1.7e9

    def steady(self) -> float:
        return self._steady

    def wall(self) -> float:
        return self._wall

    def run(self, seconds: float) -> None:
        """Let time pass while the computer is awake."""
        self._steady += seconds
        self._wall += seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass while the computer sleeps."""
        self._wall += seconds

    def set_wall(self, seconds: float) -> None:
        """Move the wall clock; negative seconds move it back."""
        self._wall += seconds
