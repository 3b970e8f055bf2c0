"""A problem: what happened, what to do next, and all of it one key away."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.screens.dialog import Choice, Dialog


class ProblemDialog(Dialog[None]):
    """Shows a problem's title and hint; its details are folded."""

    DEFAULT_CSS = """
    ProblemDialog #details { display: none; background: $background; padding: 0 1; }
    ProblemDialog.-unfolded #details { display: block; }
    ProblemDialog.-unfolded > #box { width: 100; }
    ProblemDialog #title { text-style: bold; }
    """

    def __init__(self, title: str, hint: str = "", detail: str = "") -> None:
        super().__init__(classes="-error")
        self.heading = "Problem"
        self._texts = (title, hint, detail)

    def shows(self, title: str) -> bool:
        """Return whether this is about the problem of that title."""
        return self._texts[0] == title

    def body(self) -> Iterable[Widget]:
        """Return title, hint and the folded details."""
        title, hint, detail = self._texts
        yield Static(f"× {title}", id="title", classes="gap", markup=False)
        if hint:
            yield Static(hint, classes="gap", markup=False)
        if detail:
            yield VerticalScroll(Static(detail, markup=False), id="details")

    def choices(self) -> Iterable[Choice]:
        """Return close, and details where there are any."""
        yield Choice("enter", "close", "close")
        if self._texts[2]:
            yield Choice("d", "details", "details")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Close, or unfold the details and let the keys scroll them."""
        if event.choice.value == "close":
            self.dismiss()
            return
        self.toggle_class("-unfolded")
        if self.has_class("-unfolded"):
            self.set_focus(self.query_one("#details"))

    def action_back(self) -> None:
        """Close."""
        self.dismiss()
