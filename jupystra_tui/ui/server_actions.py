"""What the user does with a server: connect to it, open it in the browser, copy its URL."""

from jupystra_tui import clipboard, protocol
from jupystra_tui.model import Job
from jupystra_tui.model.address import checked_url
from jupystra_tui.text import Secret
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.places import short_path

SENT = "was sent to the terminal (not every terminal copies it to the clipboard)"


def connect(app: Dashboard, job: Job, *, browser: bool = False) -> None:
    """Open a tunnel to the job's server; with `browser` also the browser."""
    app.attempt(_connect(app, job, browser=browser), f"connecting to {job.id}")


def open_browser(app: Dashboard, tunnel: str) -> None:
    """Open a tunnel's server in the browser."""
    app.attempt(_browse(app, tunnel), "opening the browser")


def copy_url(app: Dashboard, tunnel: str) -> None:
    """Copy a server's URL to the clipboard, including its token."""
    app.attempt(_copy(app, tunnel), "requesting the URL")


def make_script(app: Dashboard, cluster: str, job: str) -> None:
    """Write the connect script for the server of a job, given by its key, and show its path."""
    app.attempt(_make_script(app, cluster, job), "writing the connect script")


async def _connect(app: Dashboard, job: Job, *, browser: bool) -> None:
    if app.cluster is None or job.key in app.connecting:
        return
    app.connecting |= {job.key}
    try:
        connected = await app.request(protocol.Connect(app.cluster.name, job.key))
    finally:
        app.connecting -= {job.key}
    if browser:
        await _browse(app, connected.tunnel)
    else:
        app.show_notification(f"{job.name} is ready; {app.keys('browser')} opens it in the browser.")


async def _browse(app: Dashboard, tunnel: str) -> None:
    """Open a tunnel's server in the browser; without a browser, copy the URL and raise NoBrowser."""
    from jupystra_tui.frontend.browser import NoBrowser, open_page

    url = await _url(app, tunnel)
    try:
        await open_page(url)
    except NoBrowser as error:
        where = "is copied to the clipboard" if await _copied(app, url) else SENT
        error.hint = f"The URL {where}: open it in a browser on this computer. {error.hint}"
        raise


async def _copy(app: Dashboard, tunnel: str) -> None:
    where = "is copied to the clipboard" if await _copied(app, await _url(app, tunnel)) else SENT
    app.show_notification(
        f"The URL {where}. Do not share it: it gives access to the server without a password."
    )


async def _copied(app: Dashboard, url: Secret) -> bool:
    """Copy it to the clipboard; returns whether a program did it, else it was sent to the terminal with OSC 52."""
    if await clipboard.put(url):
        return True
    app.copy_to_clipboard(url.reveal())
    return False


async def _make_script(app: Dashboard, cluster: str, job: str) -> None:
    made = await app.request(protocol.MakeScript(cluster, job))
    app.scripts = app.scripts | {(cluster, job): made.path}
    app.show_notification(f"{short_path(made.path)} is written; it connects from any computer with OpenSSH.")


async def _url(app: Dashboard, tunnel: str) -> Secret:
    return checked_url((await app.request(protocol.GetUrl(tunnel))).url)
