"""A server that is connected: what is told of it, and its page in the browser."""

import asyncio
from typing import Any

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState, Tunnel
from jupystra_tui.model.address import checked_url
from jupystra_tui.text import Secret
from jupystra_tui.verbs.front_end import FrontEnd
from jupystra_tui.verbs.output import print_json, say, tell


async def url_of(front_end: FrontEnd, tunnel: str) -> Secret:
    """Return the address that opens a tunnel's server, with its token; raises TunnelError if it leads elsewhere."""
    outcome = await front_end.request(protocol.GetUrl(tunnel))
    return checked_url(outcome.url)


async def server_fields(front_end: FrontEnd, tunnel: Tunnel | None, job: Job | None) -> dict[str, Any]:
    """Return what scripts are told of a server, the address that opens it included."""
    fields = fields_of(tunnel, job)
    return {
        **fields,
        "url": (await url_of(front_end, tunnel.id)).reveal() if tunnel and tunnel.ready else None,
    }


def fields_of(tunnel: Tunnel | None, job: Job | None) -> dict[str, Any]:
    """Return what is known of a server, None where it is not; a server that answers is a running job."""
    ready = tunnel is not None and tunnel.ready
    state = JobState.RUNNING if ready else job.state if job else JobState.PENDING
    return {
        "job_id": tunnel.job if tunnel else job.key if job else None,
        "state": state.value,
        "ready": ready,
        "node": (tunnel.node if tunnel else job.node if job else "") or None,
        "local_port": (tunnel.local_port if tunnel else 0) or None,
        "url": None,
        "cluster": tunnel.cluster if tunnel else None,
        "name": tunnel.name if tunnel else job.name if job else None,
    }


def print_server(fields: dict[str, Any], *, as_json: bool) -> None:
    """Print a server that answers: to a person where it is and its address."""
    if as_json:
        print_json(fields)
        return
    tell(f"Job {fields['job_id']} runs on {fields['node']}.")
    tell(fields["url"])


async def browse(url: str) -> None:
    """Open a page in the browser; without one, say so. ^C no longer ends anything: all is told already."""
    from jupystra_tui.frontend.browser import NoBrowser, open_page

    try:
        await open_page(Secret(url), lasting=True)
    except asyncio.CancelledError:
        pass
    except NoBrowser as error:
        say(f"{error.title}; its address opens the server in any browser of this machine.")
