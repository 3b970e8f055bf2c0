"""Killing a job, after saying what that ends and what would be lost."""

from collections.abc import Awaitable, Callable, Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Job, JobState, KillPart, Tunnel
from jupystra_tui.model.units import show_duration
from jupystra_tui.protocol import Killed
from jupystra_tui.ui.screens.dialog import Choice, Dialog

Parts = tuple[KillPart, ...]
_LONGEST_ID = 200
_ASKING = "Asking the scheduler what this would end …"


class ConfirmKill(Dialog[Parts | JupystraError]):
    """Asks whether a job is to be killed; the default is no. Answers with the parts that were confirmed.

    `look` asks the scheduler what a kill would end now. A plain job can be confirmed as it is shown before that is
    answered: the worker asks once more and kills nothing that has changed. `changed` is the outcome of a kill that left
    parts alone because they have changed; they are asked about again.
    """

    def __init__(
        self,
        job: Job,
        tunnel: Tunnel | None = None,
        look: Callable[[], Awaitable[Parts]] | None = None,
        changed: Killed | None = None,
    ) -> None:
        super().__init__(classes="-error")
        self.heading = "Kill a job" if changed is None else "Kill what runs now?"
        self.job = job
        self.tunnel = tunnel
        self._look = look
        self._changed = changed
        as_shown = (KillPart(job.id, job.state, job.name),) if _is_plain(job) else ()
        self._parts: Parts = changed.ask if changed else as_shown

    def body(self) -> Iterable[Widget]:
        """Return which job, its state, and what goes with it."""
        yield Static(Content.assemble((self.job.id, "$primary"), " ", (self.job.name, "bold")), id="job")
        if self._changed is None:
            yield Static(_standing(self.job), id="standing", classes="gap dim", markup=False)
        parts = Static(self._said(), id="parts", classes="gap", markup=False)
        parts.display = bool(self._said())
        yield parts
        if self._changed is None:
            yield Static(_loss(self.job, self.tunnel), id="loss", classes="gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return no and yes."""
        yield Choice("n", "no, keep it")
        which = self.job.id if _is_plain(self.job) else "these"
        yield Choice("y", f"yes, kill {which}", "yes")

    def on_mount(self) -> None:
        """Ask the scheduler."""
        if self._look and self._changed is None:
            self.run_worker(self._ask(self._look))

    async def _ask(self, look: Callable[[], Awaitable[Parts]]) -> None:
        try:
            self._parts = await look()
        except JupystraError as error:
            if self.is_current:
                self.dismiss(error)
            return
        if self.job.state is JobState.PENDING and any(
            part.state is not JobState.PENDING for part in self._parts
        ):
            self.query_one("#loss", Static).update("What runs loses whatever it has not saved.")
        said = self.query_one("#parts", Static)
        said.update(self._said())
        said.display = bool(self._said())

    def _said(self) -> str:
        """Say what would end, unless that is just the job as it is shown."""
        if self._changed:
            done = f"Killed: {_list(self._changed.parts)}.\n" if self._changed.parts else ""
            return f"{done}Began to run since you were asked: {_list(self._changed.ask, states=False)}."
        if not self._parts:
            return _ASKING
        [*others, last] = self._parts
        if not others and (last.id, last.state) == (self.job.id, self.job.state):
            return ""
        return f"This ends: {_list(self._parts)}."

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer; a yes waits until it is known what that ends."""
        if event.choice.value != "yes":
            self.dismiss(())
        elif self._parts:
            self.dismiss(self._parts)
        else:
            self.remark("the scheduler has not answered yet")

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss(())


def _is_plain(job: Job) -> bool:
    """Return whether an id names one job, not tasks of an array or part of a heterogeneous job."""
    return job.id.isascii() and job.id.isdigit() and not job.array


def _list(parts: Parts, *, states: bool = True) -> str:
    """Return `111_4 running, 111_[5-7] pending`."""
    ids = (part.id if len(part.id) <= _LONGEST_ID else f"{part.id[:_LONGEST_ID]}…" for part in parts)
    return ", ".join(
        f"{id} {part.state.value}" if states else id for id, part in zip(ids, parts, strict=True)
    )


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
