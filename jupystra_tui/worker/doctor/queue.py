"""The scheduler and its queue."""

import time

from jupystra_tui.model.finding import Finding, fine, look
from jupystra_tui.worker.doctor.contexts import SiteContext

SLOW_SECONDS = 5.0


async def scheduler(context: SiteContext) -> Finding:
    """Which scheduler is it, and where are its commands?"""
    site = context.session.site
    login = (
        "; only a login shell knows its commands, so one is used" if context.connection.in_login_shell else ""
    )
    return fine(f"{site.scheduler.name} {site.version}{login}")


async def queue(context: SiteContext) -> Finding:
    """Does the queue answer, and how soon?"""
    began = time.monotonic()
    listing = await context.listing()
    took = time.monotonic() - began
    jobs = f"{len(listing.jobs)} jobs of yours" if len(listing.jobs) != 1 else "1 job of yours"
    if listing.unread:
        return look(
            f"{len(listing.unread)} of its lines cannot be read",
            "Please report it with `--bundle FILE`, and the output of the scheduler's own list.",
        )
    if took > SLOW_SECONDS:
        return look(
            f"it took {took:.0f} s to answer; {jobs}",
            "The scheduler is busy: set a longer `poll` for this cluster in the configuration.",
        )
    return fine(f"it answered in {took:.2f} s; {jobs}")
