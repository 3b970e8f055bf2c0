"""The key that spares the compute nodes' password: what making or removing it does, before it is done."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.protocol import KeyPlan
from jupystra_tui.ui.screens.dialog import Choice, Dialog

ABSENT = "Where compute nodes ask for your password, a key can answer for you. This would:"
PRESENT = "A key opens the compute nodes for your tunnels. Undoing that would:"


class NodeKeyDialog(Dialog[str]):
    """Shows the plan; the result is `make`, `remove`, or nothing."""

    DEFAULT_CSS = """
    NodeKeyDialog #steps { padding-left: 1; }
    """

    def __init__(self, plan: KeyPlan) -> None:
        super().__init__()
        self.heading = "A key for the compute nodes"
        self.plan = plan

    def body(self) -> Iterable[Widget]:
        """Return what would be done, a line a step."""
        yield Static(PRESENT if self.plan.exists else ABSENT, classes="gap", markup=False)
        steps = "\n".join(f"· {line}" for line in self.plan.lines)
        yield Static(steps, id="steps", classes="gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return doing it and leaving it."""
        yield Choice("esc", "leave it as it is")
        if self.plan.exists:
            yield Choice("r", "remove the key", "remove")
        else:
            yield Choice("m", "make the key", "make")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value)

    def action_back(self) -> None:
        """Leave it."""
        self.dismiss("")
