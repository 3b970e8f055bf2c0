"""The error dialog: the problem, what to do next, and the details on request."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.screens.dialog import Choice, Dialog


class ProblemDialog(Dialog[None]):
    """Shows the title and the hint of a problem; its details are collapsed."""

    DEFAULT_CSS = """
    ProblemDialog #details { display: none; background: $background; padding: 0 1; }
    ProblemDialog.-expanded #details { display: block; }
    ProblemDialog.-expanded > #box { width: 100; }
    ProblemDialog #title { text-style: bold; }
    """

    def __init__(self, title: str, hint: str = "", detail: str = "") -> None:
        super().__init__(classes="-error")
        self.heading = "Error"
        self._texts = (title, hint, detail)

    def shows(self, title: str) -> bool:
        """Return whether it shows a problem of that title."""
        return self._texts[0] == title

    def body(self) -> Iterable[Widget]:
        """Return title, hint and the collapsed details."""
        title, hint, detail = self._texts
        yield Static(f"× {title}", id="title", classes="gap", markup=False)
        if hint:
            yield Static(hint, classes="gap", markup=False)
        if detail:
            yield VerticalScroll(Static(detail, markup=False), id="details")

    def choices(self) -> Iterable[Choice]:
        """Return close, and details if there are any."""
        yield Choice("ok", "close", "close")
        if self._texts[2]:
            yield Choice("trace", "details", "details")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Close, or show the details and focus them."""
        if event.choice.value == "close":
            self.dismiss()
            return
        self.toggle_class("-expanded")
        if self.has_class("-expanded"):
            self.set_focus(self.query_one("#details"))

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
