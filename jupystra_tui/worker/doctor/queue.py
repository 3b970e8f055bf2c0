"""The scheduler and its queue."""

import time

from jupystra_tui.model.finding import Finding, passed, warning
from jupystra_tui.worker.doctor.contexts import SiteContext

SLOW_SECONDS = 5.0


async def scheduler(context: SiteContext) -> Finding:
    """Which scheduler does the cluster have, and how are its commands found?"""
    site = context.session.site
    login = (
        "; its commands are found only in a login shell, which is used"
        if context.connection.in_login_shell
        else ""
    )
    return passed(f"{site.scheduler.name} {site.version}{login}")


async def queue(context: SiteContext) -> Finding:
    """Can the queue be read, and how fast?"""
    began = time.monotonic()
    listing = await context.listing()
    took = time.monotonic() - began
    jobs = f"you have {len(listing.jobs)} jobs" if len(listing.jobs) != 1 else "you have 1 job"
    if listing.unread:
        return warning(
            f"{len(listing.unread)} lines of its output cannot be parsed",
            "Please report this bug with `--bundle FILE` and the output of the scheduler's list command.",
        )
    if took > SLOW_SECONDS:
        return warning(
            f"reading it took {took:.0f} s; {jobs}",
            "The scheduler is busy: set a longer `poll` for this cluster in the configuration.",
        )
    return passed(f"read in {took:.2f} s; {jobs}")
