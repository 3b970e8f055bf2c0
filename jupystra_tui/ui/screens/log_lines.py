"""A long text of which only the visible lines are rendered."""

from rich.cells import chop_cells
from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LogLines(ScrollView, can_focus=True):
    """Shows lines, wrapped at its width; stays at the end when the end was visible."""

    DEFAULT_CSS = """
    LogLines { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: scroll; }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = ""
        self._rows: list[str] = []
        self._height = 0

    @property
    def at_end(self) -> bool:
        """Whether the last line is visible."""
        return self.scroll_offset.y >= self.max_scroll_y

    def show(self, text: str) -> None:
        """Replace the text if it has changed."""
        if text != self._text:
            self._text = text
            self._wrap(self.at_end)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap at the new width; stay at the end if it was visible before."""
        self._wrap(self.scroll_offset.y >= len(self._rows) - self._height)
        self._height = self.size.height

    def _wrap(self, stay: bool) -> None:
        width = self.scrollable_content_region.width
        if not width:
            return
        lines = self._text.rstrip("\n").split("\n")
        self._rows = [row for line in lines for row in wrapped(line, width)]
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()
        if stay:
            self.scroll_end(animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Return one visible line."""
        place = y + self.scroll_offset.y
        text = self._rows[place] if place < len(self._rows) else ""
        strip = Strip([Segment(text, self.rich_style)])
        return strip.adjust_cell_length(self.scrollable_content_region.width, self.rich_style)


def wrapped(line: str, width: int) -> list[str]:
    """Return `line` in pieces of at most `width` cells."""
    if line.isascii():
        return [line[start : start + width] for start in range(0, len(line), width)] or [""]
    return chop_cells(line, width) or [""]
