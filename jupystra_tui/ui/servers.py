"""What one does with a Jupyter server: connect to it, open it in the browser, copy its address."""

from typing import TYPE_CHECKING

from jupystra_tui import protocol
from jupystra_tui.model import Job
from jupystra_tui.model.address import checked_url
from jupystra_tui.text import Secret
from jupystra_tui.ui.places import short_path

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd


async def connect(app: "FrontEnd", job: Job, *, browser: bool) -> None:
    """Open a tunnel to the job's server, and then perhaps the browser; raises JupystraError."""
    if app.cluster is None or job.key in app.connecting:
        return
    app.connecting |= {job.key}
    try:
        outcome = await app.ask(protocol.Connect(app.cluster.name, job.key))
    finally:
        app.connecting -= {job.key}
    if not isinstance(outcome, protocol.Connected):
        return
    if browser:
        await browse(app, outcome.tunnel)
    else:
        app.tell(f"{job.name} is ready; {app.keys('browser')} opens it in the browser.")


async def browse(app: "FrontEnd", tunnel: str) -> None:
    """Open a tunnel's server in the browser; where there is none, copy the address and raise NoBrowser."""
    from jupystra_tui.browser import NoBrowser, open_page

    url = await _url(app, tunnel)
    try:
        await open_page(url)
    except NoBrowser as error:
        app.copy_to_clipboard(url.reveal())
        error.hint = f"Its address is in the clipboard, for a browser of this machine. {error.hint}"
        raise


async def copy(app: "FrontEnd", tunnel: str) -> None:
    """Put a server's address into the clipboard, token and all; raises JupystraError."""
    app.copy_to_clipboard((await _url(app, tunnel)).reveal())
    app.tell("The address is in the clipboard. Keep it to yourself: it opens the server without a question.")


async def make_script(app: "FrontEnd", cluster: str, job: str) -> None:
    """Write the connect script of the job's server and say where it is; raises JupystraError."""
    outcome = await app.ask(protocol.MakeScript(cluster, job))
    assert isinstance(outcome, protocol.ScriptMade)
    app.scripts = app.scripts | {(cluster, job): outcome.path}
    app.tell(f"{short_path(outcome.path)} connects from any computer with OpenSSH.")


async def _url(app: "FrontEnd", tunnel: str) -> Secret:
    outcome = await app.ask(protocol.GetUrl(tunnel))
    assert isinstance(outcome, protocol.Url)
    return checked_url(outcome.url)
