"""Prints a connected server, and opens it in the browser."""

import asyncio
from typing import Any

from jupystra_tui import protocol
from jupystra_tui.model import Job, JobState, Tunnel
from jupystra_tui.model.address import checked_url
from jupystra_tui.text import Secret
from jupystra_tui.verbs.context import VerbContext
from jupystra_tui.verbs.output import print_json, print_message, print_result


async def url_of(context: VerbContext, tunnel: str) -> Secret:
    """Return the URL of a tunnel's server, including the token; raises TunnelError if it is not on this machine."""
    outcome = await context.request(protocol.GetUrl(tunnel))
    return checked_url(outcome.url)


async def server_fields(context: VerbContext, tunnel: Tunnel | None, job: Job | None) -> dict[str, Any]:
    """Return a server as a JSON object, including its URL."""
    fields = fields_of(tunnel, job)
    return {
        **fields,
        "url": (await url_of(context, tunnel.id)).reveal() if tunnel and tunnel.ready else None,
    }


def fields_of(tunnel: Tunnel | None, job: Job | None) -> dict[str, Any]:
    """Return a server as a JSON object without its URL; unknown values are None, a ready server's job is running."""
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
    """Print a ready server: its job, its node and its URL."""
    if as_json:
        print_json(fields)
        return
    print_result(f"Job {fields['job_id']} runs on {fields['node']}.")
    print_result(fields["url"])


async def open_in_browser(url: str) -> None:
    """Open the URL in the browser; print a message if there is none. ^C is ignored: the result is printed."""
    from jupystra_tui.frontend.browser import NoBrowser, open_page

    try:
        await open_page(Secret(url), lasting=True)
    except asyncio.CancelledError:
        pass
    except NoBrowser as error:
        print_message(f"{error.title}; open the URL in a browser on this computer.")
