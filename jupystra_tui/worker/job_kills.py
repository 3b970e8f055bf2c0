"""Kills jobs: plans what a kill would end now, and kills the confirmed part."""

import secrets
from collections.abc import Sequence

from jupystra_tui.errors import NotInQueue
from jupystra_tui.model import KillPart
from jupystra_tui.protocol import Killed, KillPlan
from jupystra_tui.schedulers import kill_plan
from jupystra_tui.ssh.command_output import QUEUE, Script
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker.session import ClusterSession


async def plan(session: ClusterSession, ids: Sequence[str]) -> KillPlan:
    """Return what a kill of these jobs would end now; what is not a job id is missing."""
    scheduler = session.site.scheduler
    odd = [id for id in ids if scheduler.queue.parse_id(id) is None]
    named = [id for id in ids if id not in odd]
    found = await _look(session, named) if named else kill_plan.Plan((), ())
    if found.missing:
        session.watcher.refresh()
    return KillPlan(found.parts, (*odd, *found.missing))


async def kill(session: ClusterSession, confirmed: Sequence[KillPart]) -> Killed:
    """Kill what was confirmed, if a new poll of the scheduler still shows it in that state."""
    if not confirmed:
        return Killed((), ())
    scheduler = session.site.scheduler
    found = await _look(session, [part.id for part in confirmed])
    decision = kill_plan.decide(found.parts, confirmed, scheduler.queue)
    if decision.kill:
        command = scheduler.queue.cancel_command(part.id for part in decision.kill)
        result = await session.run(quote(command))
        scheduler.queue.parse_cancel(result.code, text(result.err) or text(result.out))
    session.watcher.acted()
    if not found.parts:
        raise NotInQueue.of([part.id for part in confirmed])
    return Killed(decision.kill, decision.ask)


async def _look(session: ClusterSession, ids: Sequence[str]) -> kill_plan.Plan:
    """Ask the scheduler afresh; raises SchedulerError for what is not a job id."""
    site = session.site
    mark = secrets.token_hex(8)
    script = site.scheduler.queue.list_script(site.user, mark, kill_plan.numbers(ids, site.scheduler.queue))
    result = await session.run(Script(f"(\n{script}\n)", QUEUE))
    listing = await in_thread(
        site.scheduler.queue.parse_list, result.out, mark, result.code, text(result.err)
    )
    return kill_plan.plan(listing.jobs, ids, site.scheduler.queue)
