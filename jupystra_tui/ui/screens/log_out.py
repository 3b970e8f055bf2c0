"""The confirmation before logging out of a cluster."""

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Launch, Tunnel
from jupystra_tui.ui.screens.dialog import Choice, Dialog
from jupystra_tui.ui.screens.quit import tunnel_line

CONTINUES = "Your jobs continue, with their servers and kernels: no unsaved data is lost."


class LogOutDialog(Dialog[bool]):
    """Asks whether to log out; the default is no."""

    def __init__(self, cluster: str, tunnels: Sequence[Tunnel], launches: Sequence[Launch] = ()) -> None:
        super().__init__(classes="-warning")
        self.heading = f"Log out of {cluster}"
        self._cluster = cluster
        self._tunnels = tuple(tunnels)
        self._launches = tuple(launches)

    def body(self) -> Iterable[Widget]:
        """Return what closes, and what continues."""
        yield Static(_closes(len(self._tunnels)), id="closes", classes="gap", markup=False)
        if self._tunnels:
            text = Content("\n").join(map(tunnel_line, self._tunnels))
            yield VerticalScroll(Static(text), can_focus=False, id="tunnels")
        for launch in self._launches:
            yield Static(_not_followed(launch), classes="gap", markup=False)
        yield Static(CONTINUES, classes="dim gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return no and yes."""
        yield Choice("no", "no, stay logged in")
        yield Choice("yes", "yes, log out", "yes")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value == "yes")

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss(False)


def _closes(tunnels: int) -> str:
    if not tunnels:
        return "The connection closes. No tunnel is open."
    return "This closes the connection and " + ("this tunnel:" if tunnels == 1 else f"{tunnels} tunnels:")


def _not_followed(launch: Launch) -> str:
    job = f"job {launch.job}" if launch.job else "a job"
    return f"The launch of {launch.request.name} ({job}) is no longer followed."
