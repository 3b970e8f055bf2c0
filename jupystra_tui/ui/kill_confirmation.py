"""Killing a job: request the plan, ask the user to confirm it, and ask again about what has changed since."""

from typing import TYPE_CHECKING

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, NotInQueue
from jupystra_tui.model import Job, JobState, KillPart, Tunnel
from jupystra_tui.ui.dashboard import Dashboard

if TYPE_CHECKING:
    from jupystra_tui.ui.screens.confirm import ConfirmKill

Parts = tuple[KillPart, ...]


def confirm_kill(app: Dashboard, cluster: str, job: Job, tunnel: Tunnel | None) -> None:
    """Ask whether to kill a job, and request it when that is confirmed."""
    from jupystra_tui.ui.screens.confirm import ConfirmKill

    async def plan() -> Parts:
        planned = await app.request(protocol.PlanKill(cluster, (job.id,)))
        if not planned.parts:
            raise NotInQueue.of((job.id,))
        return planned.parts

    _confirm(app, cluster, job, ConfirmKill(job, tunnel, plan))


def kill_pending(app: Dashboard, cluster: str, job: str) -> None:
    """Kill a job that the user has agreed to kill while it is pending."""
    row = Job(job, job, "", JobState.PENDING)
    app.attempt(_kill(app, cluster, row, (KillPart(job, JobState.PENDING),)), f"killing {job}")


def _confirm(app: Dashboard, cluster: str, job: Job, dialog: "ConfirmKill") -> None:
    def decided(answer: "Parts | JupystraError | None") -> None:
        if isinstance(answer, JupystraError):
            app.show_problem(answer)
        elif answer:
            app.attempt(_kill(app, cluster, job, answer), f"killing {job.id}")

    app.push_screen(dialog, decided)


async def _kill(app: Dashboard, cluster: str, job: Job, parts: Parts) -> None:
    """Kill what was confirmed. The row counts as killed until the queue shows its end."""
    from jupystra_tui.ui.screens.confirm import ConfirmKill

    row = (cluster, job.key)
    app.own = app.own.kill(row)
    try:
        killed = await app.request(protocol.Cancel(cluster, parts))
    except BaseException:
        app.own = app.own.forget_kill(row)
        raise
    if not killed.parts:
        app.own = app.own.forget_kill(row)
    if killed.ask:
        app.stray_keys.guard()
        _confirm(app, cluster, job, ConfirmKill(job, None, changed=killed))
