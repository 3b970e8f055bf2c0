"""What one does with a Jupyter server: connect to it, open it in the browser, copy its address."""

from typing import TYPE_CHECKING

from jupystra_tui import clipboard, protocol
from jupystra_tui.model import Job
from jupystra_tui.model.address import checked_url
from jupystra_tui.text import Secret
from jupystra_tui.ui.places import short_path

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd

SENT = "was sent to the terminal, which may put it into the clipboard (not every terminal does)"


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
    from jupystra_tui.frontend.browser import NoBrowser, open_page

    url = await _url(app, tunnel)
    try:
        await open_page(url)
    except NoBrowser as error:
        where = "is in the clipboard" if await _copied(app, url) else SENT
        error.hint = f"Its address {where}, for a browser of this machine. {error.hint}"
        raise


async def copy(app: "FrontEnd", tunnel: str) -> None:
    """Put a server's address into the clipboard, token and all; raises JupystraError."""
    where = "is copied to the clipboard" if await _copied(app, await _url(app, tunnel)) else SENT
    app.tell(f"The address {where}. Keep it to yourself: it opens the server without a password.")


async def _copied(app: "FrontEnd", url: Secret) -> bool:
    """Put it into the clipboard; returns whether a program took it, else it was sent to the terminal by OSC 52."""
    if await clipboard.put(url):
        return True
    app.copy_to_clipboard(url.reveal())
    return False


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
