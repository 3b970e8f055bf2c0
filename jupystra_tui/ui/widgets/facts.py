"""A framed list of labeled details, one per line, and a framed note of a few sentences."""

from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from jupystra_tui.ui.theme import Pieces, content

Fact = tuple[str, Pieces]
"""A label and its value; an empty pair is an empty line."""
BLANK: Fact = ("", ())
LABEL = 10


def facts_content(facts: tuple[Fact, ...], width: int) -> Content:
    """Return the details below each other in `width` cells; a long one takes several lines."""
    return Content("\n").join(line for fact in facts for line in _fact(*fact, max(1, width - LABEL)))


def _fact(label: str, pieces: Pieces, width: int) -> Iterator[Content]:
    for line in content(*pieces).wrap(width) or [Content("")]:
        yield content((f"{label:<{LABEL}}", "dim")) + line
        label = ""


class Facts(Widget):
    """Shows labeled details; repaints only when one has changed."""

    DEFAULT_CSS = "Facts { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self._title = ""
        self._facts: tuple[Fact, ...] = ()

    def show(self, title: str, facts: tuple[Fact, ...]) -> None:
        """Show other details."""
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines, for a container with automatic height."""
        return len(facts_content(self._facts, width).split("\n"))

    def render(self) -> Content:
        """Return each detail on its own line."""
        return facts_content(self._facts, self.size.width)


class Note(Widget):
    """Shows a heading in its frame and sentences below each other, wrapped."""

    DEFAULT_CSS = "Note { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane")
        self._title = ""
        self._sentences: tuple[Pieces, ...] = ()

    def show(self, title: str, sentences: tuple[Pieces, ...]) -> None:
        """Show another note."""
        if title != self._title:
            self._title = title
            self.border_title = Content(title)
        if sentences != self._sentences:
            self._sentences = sentences
            self.refresh()

    def render(self) -> Content:
        """Return each sentence on its own line."""
        return Content("\n").join(content(*pieces) for pieces in self._sentences)
