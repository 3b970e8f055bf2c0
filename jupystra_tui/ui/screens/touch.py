"""A security key waits for a touch."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Prompt
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class TouchDialog(Dialog[None]):
    """Says so until the key is touched; the person can only give up."""

    heading = "Touch your security key"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self.prompt = prompt

    def body(self) -> Iterable[Widget]:
        """Return what ssh says."""
        yield Static(self.prompt.text, id="question", classes="gap", markup=False)
        yield Static(
            "It may blink. This note goes by itself once the key was touched.",
            classes="dim gap",
            markup=False,
        )

    def choices(self) -> Iterable[Choice]:
        """Return the way out."""
        yield Choice("esc", "give up, nothing more is sent")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Give up by mouse."""
        self.action_back()

    def action_back(self) -> None:
        """Give up."""
        self.dismiss(None)
