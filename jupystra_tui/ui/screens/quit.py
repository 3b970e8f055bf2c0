"""The dialog that quits the dashboard while tunnels are open."""

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Tunnel
from jupystra_tui.ui.places import short_host
from jupystra_tui.ui.screens.dialog import Choice, Dialog

CONTINUE = "Your jobs continue either way. A tunnel that you keep is reopened when its connection breaks."
PRACTICE = "The practice cluster stops when you quit, with its jobs and tunnels."


class QuitDialog(Dialog[str]):
    """Asks what to do with the tunnels; the result is `keep`, `close`, or empty to stay."""

    def __init__(self, tunnels: Sequence[Tunnel], *, temporary: bool = False) -> None:
        super().__init__()
        self.heading = "Quit"
        self.tunnels = tuple(tunnels)
        self._temporary = temporary

    def body(self) -> Iterable[Widget]:
        """Return the open tunnels."""
        count = "A tunnel is open" if len(self.tunnels) == 1 else f"{len(self.tunnels)} tunnels are open"
        note = PRACTICE if self._temporary else CONTINUE
        yield Static(f"{count}. {note}", classes="gap", markup=False)
        yield VerticalScroll(
            Static(Content("\n").join(map(tunnel_line, self.tunnels))), can_focus=False, id="tunnels"
        )

    def choices(self) -> Iterable[Choice]:
        """Return keep, close and cancel; tunnels to the practice cluster cannot be kept."""
        if self._temporary:
            yield Choice("leave", "quit", "close")
        else:
            yield Choice("keepopen", "keep them open", "keep")
            yield Choice("closeall", "close all", "close")
        yield Choice("cancel", "cancel")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value)

    def action_back(self) -> None:
        """Return to the dashboard."""
        self.dismiss("")


def tunnel_line(tunnel: Tunnel) -> Content:
    """Return a tunnel's port, job and node on one line."""
    return Content.assemble(
        ("● " if tunnel.ready else "○ ", "$success" if tunnel.ready else "$text-muted"),
        (f"127.0.0.1:{tunnel.local_port}", "bold"),
        (f"  {tunnel.job} {tunnel.name} on {short_host(tunnel.node)}", "$text-muted"),
    )
