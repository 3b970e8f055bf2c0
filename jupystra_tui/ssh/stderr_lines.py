"""What a program says on its standard error, as it says it."""

from collections.abc import Callable

from jupystra_tui.text import clean_lines

KEPT = 8192
REPORTED_LIMIT = 256 * 1024


class StderrLines:
    """Keeps the end of what was said, and passes whole lines on to `hear`, clean, as many as came at once.

    Past REPORTED_LIMIT bytes nothing more is passed on: that is no message to anybody.
    """

    def __init__(self, hear: Callable[[str], None]) -> None:
        self._hear = hear
        self._end = b""
        self._line = b""
        self._heard = 0

    @property
    def text(self) -> str:
        """The end of what was said, clean."""
        return clean_lines(self._end).strip()

    @property
    def too_much(self) -> bool:
        """Whether more was said than is passed on."""
        return self._heard > REPORTED_LIMIT

    def add(self, piece: bytes) -> None:
        """Take what came."""
        self._end = (self._end + piece)[-KEPT:]
        self._heard += len(piece)
        if self.too_much:
            return
        *lines, rest = (self._line + piece).split(b"\n")
        self._line = rest[-KEPT:]
        if lines:
            self._hear(clean_lines(b"\n".join(lines)))
