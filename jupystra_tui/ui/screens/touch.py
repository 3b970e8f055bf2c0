"""The dialog shown while a security key waits for a touch."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Prompt
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class TouchDialog(Dialog[None]):
    """Shown until the key is touched; the user can only cancel."""

    heading = "Touch your security key"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self.prompt = prompt

    def body(self) -> Iterable[Widget]:
        """Return the message of ssh."""
        yield Static(self.prompt.text, id="question", classes="gap", markup=False)
        yield Static(
            "It may blink. This dialog closes when the key has been touched.",
            classes="dim gap",
            markup=False,
        )

    def choices(self) -> Iterable[Choice]:
        """Return cancel."""
        yield Choice("cancel", "cancel")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Cancel by mouse."""
        self.action_back()

    def action_back(self) -> None:
        """Cancel."""
        self.dismiss(None)
