"""Killing a job: ask what that would end, have it confirmed, and ask again about what has changed since."""

from typing import TYPE_CHECKING

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, NotInQueue
from jupystra_tui.model import Job, JobState, KillPart, Tunnel

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd
    from jupystra_tui.ui.screens.confirm import ConfirmKill

Parts = tuple[KillPart, ...]


def begin(app: "FrontEnd", cluster: str, job: Job, tunnel: Tunnel | None) -> None:
    """Ask whether to kill a job, and do it when that is confirmed."""
    from jupystra_tui.ui.screens.confirm import ConfirmKill

    async def look() -> Parts:
        outcome = await app.ask(protocol.PlanKill(cluster, (job.id,)))
        assert isinstance(outcome, protocol.KillPlan)
        if not outcome.parts:
            raise NotInQueue.of((job.id,))
        return outcome.parts

    _confirm(app, cluster, job, ConfirmKill(job, tunnel, look))


async def kill_waiting(app: "FrontEnd", cluster: str, job: str) -> None:
    """Kill a job that a person has agreed to kill while it waits; raises JupystraError."""
    row = Job(job, job, "", JobState.PENDING)
    await _kill(app, cluster, row, (KillPart(job, JobState.PENDING),))


def _confirm(app: "FrontEnd", cluster: str, job: Job, dialog: "ConfirmKill") -> None:
    def decided(answer: "Parts | JupystraError | None") -> None:
        if isinstance(answer, JupystraError):
            app.show_problem(answer)
        elif answer:
            app.attempt(_kill(app, cluster, job, answer), f"killing {job.id}")

    app.push_screen(dialog, decided)


async def _kill(app: "FrontEnd", cluster: str, job: Job, parts: Parts) -> None:
    """Kill what was confirmed. The row counts as killed until the queue shows its end."""
    from jupystra_tui.ui.screens.confirm import ConfirmKill

    row = (cluster, job.key)
    app.killed |= {row}
    try:
        outcome = await app.ask(protocol.Cancel(cluster, parts))
    except BaseException:
        app.killed -= {row}
        raise
    assert isinstance(outcome, protocol.Killed)
    if not outcome.parts:
        app.killed -= {row}
    if outcome.ask:
        app.stray_keys.beware()
        _confirm(app, cluster, job, ConfirmKill(job, None, changed=outcome))
