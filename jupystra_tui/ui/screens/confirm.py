"""Killing a job, after saying what would be lost."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import Job, Tunnel
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui.screens.dialog import Choice, Dialog


class ConfirmKill(Dialog[bool]):
    """Asks whether a job is to die; the default is no."""

    def __init__(self, job: Job, tunnel: Tunnel | None = None) -> None:
        super().__init__(classes="-error")
        self.heading = "Kill a job"
        self.job = job
        self.tunnel = tunnel

    def body(self) -> Iterable[Widget]:
        """Return which job, how it stands, and what goes with it."""
        yield Static(Content.assemble((self.job.id, "$primary"), " ", (self.job.name, "bold")), id="job")
        yield Static(_standing(self.job), id="standing", classes="gap dim", markup=False)
        yield Static(_loss(self.job, self.tunnel), id="loss", classes="gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return no and yes."""
        yield Choice("n", "no, keep it")
        yield Choice("y", f"yes, kill {self.job.id}", "yes")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value == "yes")

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss(False)


def _standing(job: Job) -> str:
    where = f" on {job.node}" if job.node else ""
    if job.left is None:
        return f"{job.state.value}{where}"
    left = show_duration(job.left)
    return f"{job.state.value}{where} · {f'{left} of its walltime left' if job.node else f'asks for {left}'}"


def _loss(job: Job, tunnel: Tunnel | None) -> str:
    if not job.node:
        return "It loses its place in the queue."
    if tunnel is None:
        return "Whatever it has not saved is lost."
    if not tunnel.kernels:
        return f"Its server has no kernels running.\n{_closes(tunnel)}"
    kernels = "1 kernel" if tunnel.kernels == 1 else f"{tunnel.kernels} kernels"
    busy = f", {tunnel.busy} of them busy" if tunnel.busy else ""
    return f"Its server has {kernels}{busy}: what they hold in memory is lost.\n{_closes(tunnel)}"


def _closes(tunnel: Tunnel) -> str:
    return f"The tunnel on 127.0.0.1:{tunnel.local_port} closes."
