"""The error output of a program, read while it runs."""

from collections.abc import Callable

from jupystra_tui.text import clean_lines

KEPT = 8192
REPORTED_LIMIT = 256 * 1024


class StderrLines:
    """Keeps the end of the output, and passes complete lines, clean, to `on_lines`.

    After REPORTED_LIMIT bytes nothing more is passed on.
    """

    def __init__(self, on_lines: Callable[[str], None]) -> None:
        self._on_lines = on_lines
        self._end = b""
        self._line = b""
        self._received = 0

    @property
    def text(self) -> str:
        """The end of the output, clean."""
        return clean_lines(self._end).strip()

    @property
    def too_much(self) -> bool:
        """Whether the output exceeds the limit."""
        return self._received > REPORTED_LIMIT

    def add(self, piece: bytes) -> None:
        """Add what was read."""
        self._end = (self._end + piece)[-KEPT:]
        self._received += len(piece)
        if self.too_much:
            return
        *lines, rest = (self._line + piece).split(b"\n")
        self._line = rest[-KEPT:]
        if lines:
            self._on_lines(clean_lines(b"\n".join(lines)))
