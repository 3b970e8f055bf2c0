"""A worker of another version runs."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.errors import JupystraError
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class RestartDialog(Dialog[bool]):
    """Asks whether the worker may be restarted; without that the dashboard cannot go on."""

    def __init__(self, mismatch: JupystraError) -> None:
        super().__init__(classes="-warning")
        self.heading = "Another version is running"
        self._mismatch = mismatch

    def body(self) -> Iterable[Widget]:
        """Return what is the matter, and what a restart does."""
        yield Static(self._mismatch.title, markup=False)
        yield Static(self._mismatch.hint, classes="gap dim", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return restart and leave."""
        yield Choice("r", "restart it", "restart")
        yield Choice("esc", "leave it, and quit")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value == "restart")

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss(False)
