"""How often a cluster is polled."""

from jupystra_tui.backoff import Backoff

BURST_PAUSE, BURST_SECONDS = 5.0, 60.0
UNWATCHED = 4.0
LONGEST_PAUSE = 600.0


class QueuePollPace:
    """How long to wait until the next poll. Sites ask for few; the user who just did something wants to see it.

    `failures` is how many polls failed in a row, `floor` the site's shortest pause.
    """

    def __init__(self, poll: float, floor: float) -> None:
        self.failures = 0
        self._burst_until = 0.0
        self._failed_pause = 0.0
        self.set(poll, floor)

    def set(self, poll: float, floor: float) -> None:
        """Take the cluster's pauses, in seconds."""
        self.floor = floor
        self._poll = poll
        self._usual = max(poll, floor)
        self._after_failures = Backoff(2 * self._usual, LONGEST_PAUSE)

    def acted(self, now: float) -> None:
        """The user did something at the monotonic time `now`: poll more often for a minute."""
        self._burst_until = now + BURST_SECONDS

    def hurries(self, now: float) -> bool:
        """Return whether the user did something in the last minute."""
        return now < self._burst_until

    def failed(self) -> None:
        """Count a poll that failed: the pauses grow."""
        self.failures += 1
        self._failed_pause = max(self._after_failures.next(), self._usual)

    def succeeded(self) -> None:
        """A poll was answered: the pauses are the usual ones again."""
        self.failures = 0
        self._after_failures.reset()

    def pause(self, now: float, watched: bool) -> float:
        """Return seconds to wait at the monotonic time `now`; `watched` is whether the user is active."""
        if self.failures:
            return self._failed_pause
        if self.hurries(now):
            return min(BURST_PAUSE, self._poll)
        return self._usual * (1.0 if watched else UNWATCHED)
