"""The dialog that creates or removes the key for the compute nodes."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.protocol import KeyPlan
from jupystra_tui.ui.screens.dialog import Choice, Dialog

ABSENT = "Where compute nodes ask for your password, a key can be used instead. This would:"
PRESENT = "Your tunnels use a key for the compute nodes. Removing it would:"


class NodeKeyDialog(Dialog[str]):
    """Shows the plan; the result is `make`, `remove`, or empty."""

    DEFAULT_CSS = """
    NodeKeyDialog #steps { padding-left: 1; }
    """

    def __init__(self, plan: KeyPlan) -> None:
        super().__init__()
        self.heading = "A key for the compute nodes"
        self.plan = plan

    def body(self) -> Iterable[Widget]:
        """Return the steps, one per line."""
        yield Static(PRESENT if self.plan.exists else ABSENT, classes="gap", markup=False)
        steps = "\n".join(f"· {line}" for line in self.plan.lines)
        yield Static(steps, id="steps", classes="gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return cancel, and create or remove."""
        yield Choice("cancel", "cancel")
        if self.plan.exists:
            yield Choice("removekey", "remove the key", "remove")
        else:
            yield Choice("makekey", "create the key", "make")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value)

    def action_back(self) -> None:
        """Cancel."""
        self.dismiss("")
