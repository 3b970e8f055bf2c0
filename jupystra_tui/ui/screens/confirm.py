"""The confirmation before a job is killed: what is killed, and what is lost."""

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
_PLANNING = "Asking the scheduler which jobs this kills …"


class ConfirmKill(Dialog[Parts | JupystraError]):
    """Asks whether to kill a job; the default is no. The result is the confirmed parts.

    `plan` asks the scheduler what a kill would end now. A plain job can be confirmed before the scheduler answers: the
    worker asks again and kills nothing that has changed. `changed` is the outcome of a kill that skipped parts because
    they have changed; the dialog asks about those.
    """

    def __init__(
        self,
        job: Job,
        tunnel: Tunnel | None = None,
        plan: Callable[[], Awaitable[Parts]] | None = None,
        changed: Killed | None = None,
    ) -> None:
        super().__init__(classes="-error")
        self.heading = "Kill a job" if changed is None else "Kill running jobs?"
        self.job = job
        self.tunnel = tunnel
        self._plan = plan
        self._changed = changed
        as_shown = (KillPart(job.id, job.state, job.name),) if _is_plain(job) else ()
        self._parts: Parts = changed.ask if changed else as_shown

    def body(self) -> Iterable[Widget]:
        """Return the job, its state, and what is lost."""
        yield Static(Content.assemble((self.job.id, "$primary"), " ", (self.job.name, "bold")), id="job")
        if self._changed is None:
            yield Static(_state(self.job), id="state", classes="gap dim", markup=False)
        parts = Static(self._parts_text(), id="parts", classes="gap", markup=False)
        parts.display = bool(self._parts_text())
        yield parts
        if self._changed is None:
            yield Static(_loss(self.job, self.tunnel), id="loss", classes="gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return no and yes."""
        yield Choice("no", "no, keep it")
        which = self.job.id if _is_plain(self.job) else "these"
        yield Choice("yes", f"yes, kill {which}", "yes")

    def on_mount(self) -> None:
        """Request the plan."""
        if self._plan and self._changed is None:
            self.run_worker(self._take_plan(self._plan))

    async def _take_plan(self, plan: Callable[[], Awaitable[Parts]]) -> None:
        try:
            self._parts = await plan()
        except JupystraError as error:
            if self.is_current:
                self.dismiss(error)
            return
        if self.job.state is JobState.PENDING and any(
            part.state is not JobState.PENDING for part in self._parts
        ):
            self.query_one("#loss", Static).update("Unsaved data of running jobs is lost.")
        parts = self.query_one("#parts", Static)
        parts.update(self._parts_text())
        parts.display = bool(self._parts_text())

    def _parts_text(self) -> str:
        """Return what would be killed; empty if that is just the job as it is shown."""
        if self._changed:
            done = f"Killed: {_list(self._changed.parts)}.\n" if self._changed.parts else ""
            return f"{done}Started in the meantime: {_list(self._changed.ask, states=False)}."
        if not self._parts:
            return _PLANNING
        [*others, last] = self._parts
        if not others and (last.id, last.state) == (self.job.id, self.job.state):
            return ""
        return f"This kills: {_list(self._parts)}."

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer; yes is accepted once the plan is known."""
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


def _state(job: Job) -> str:
    where = f" on {job.node}" if job.node else ""
    if job.left is None:
        return f"{job.state.value}{where}"
    left = show_duration(job.left)
    return f"{job.state.value}{where} · {f'{left} of walltime left' if job.node else f'requested {left}'}"


def _loss(job: Job, tunnel: Tunnel | None) -> str:
    if not job.node:
        return "The job loses its place in the queue."
    if tunnel is None:
        return "Unsaved data is lost."
    if not tunnel.kernels:
        return f"Its server has no kernels running.\n{_closes(tunnel)}"
    kernels = "1 kernel" if tunnel.kernels == 1 else f"{tunnel.kernels} kernels"
    busy = f", {tunnel.busy} of them busy" if tunnel.busy else ""
    return f"Its server has {kernels}{busy}: what they hold in memory is lost.\n{_closes(tunnel)}"


def _closes(tunnel: Tunnel) -> str:
    return f"The tunnel on 127.0.0.1:{tunnel.local_port} closes."
