"""A framed text that scrolls, over a screen: the base of help and job details."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.keys import keys_of


class Sheet(Guarded, ModalScreen[None]):
    """The base class; subclasses return its `body`."""

    DEFAULT_CSS = """
    Sheet { align: center middle; background: $background 70%; }
    Sheet > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $dim; scrollbar-size-vertical: 1;
        & > Static { width: 100%; height: auto; }
    }
    """
    BINDINGS = bindings("details")

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading = heading

    def compose(self) -> ComposeResult:
        """Return the frame with the body."""
        with VerticalScroll() as frame:
            frame.border_title = Content(self._heading)
            frame.border_subtitle = Content(f"{keys_of(self)('dismiss')} closes")
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """Return the widgets in the frame."""
        return ()
