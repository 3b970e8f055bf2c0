"""The dialog shown when a worker of another version runs."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.errors import JupystraError
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class RestartDialog(Dialog[bool]):
    """Asks whether to restart the worker; the dashboard cannot work with it otherwise."""

    def __init__(self, mismatch: JupystraError) -> None:
        super().__init__(classes="-warning")
        self.heading = "Another version is running"
        self._mismatch = mismatch

    def body(self) -> Iterable[Widget]:
        """Return the mismatch, and what a restart does."""
        yield Static(self._mismatch.title, markup=False)
        yield Static(self._mismatch.hint, classes="gap dim", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return restart and quit."""
        yield Choice("restart", "restart it", "restart")
        yield Choice("cancel", "quit")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value == "restart")

    def action_back(self) -> None:
        """Quit."""
        self.dismiss(False)
