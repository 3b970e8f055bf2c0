"""How often a cluster is polled."""

from msgspec import Struct

BURST_PAUSE, BURST_SECONDS = 5.0, 60.0
UNWATCHED = 4.0
LONGEST_PAUSE = 600.0


class QueuePollPace(Struct):
    """How long to wait until the next poll. Sites ask for few; the user who just did something wants to see it."""

    poll: float
    floor: float
    burst_until: float = 0.0
    failures: int = 0

    def pause(self, now: float, watched: bool) -> float:
        """Return seconds to wait at the monotonic time `now`; `watched` says whether anybody looks."""
        if self.failures:
            return min(max(self.poll, self.floor) * float(2 ** min(self.failures, 16)), LONGEST_PAUSE)
        if now < self.burst_until:
            return min(BURST_PAUSE, self.poll)
        return max(self.poll, self.floor) * (1.0 if watched else UNWATCHED)
