"""How often a launch polls its job's folder."""

from msgspec import Struct

QUICK = 0.25
LONGEST = 10.0
SHARE = 8.0
FREE_SECONDS = 60.0


class FolderPollPace(Struct):
    """The pause between two looks: short after a change, then an eighth of the time since, up to `longest` seconds.

    A minute after a change it is never shorter than `floor`, the least pause that the site allows.
    """

    floor: float
    longest: float
    changed_at: float

    def changed(self, now: float) -> None:
        """Something changed at the monotonic time `now`: more is likely to follow soon."""
        self.changed_at = now

    def pause(self, now: float) -> float:
        """Return the seconds to wait from `now` on."""
        since = now - self.changed_at
        pause = min(max(QUICK, since / SHARE), max(LONGEST, self.longest))
        return pause if since < FREE_SECONDS else max(pause, self.floor)
