"""Opens a page in the browser without its address, and so the token, in any command line.

The browser opens a private file that redirects to the URL; the file is removed after a short time.
"""

import asyncio
import atexit
import html
import os
import secrets
import sys
import time
from pathlib import Path

from jupystra_tui.errors import JupystraError
from jupystra_tui.model.address import checked_url
from jupystra_tui.paths import private, state_folder
from jupystra_tui.text import Secret

START_SECONDS = 5.0
KEPT_SECONDS = 60.0
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
_OPEN_AND_SWEEP = """
import os, sys, time, webbrowser
if os.fork() == 0:
    time.sleep(float(sys.argv[3]))
    os.unlink(sys.argv[2])
    os._exit(0)
sys.exit(not webbrowser.open(sys.argv[1]))
"""
_OURS = f"{os.getpid()}-"
_PAGE = """<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}"><title>Jupyter</title><a href="{url}">Open Jupyter</a>
"""


class NoBrowser(JupystraError):
    """There is no browser here that could be opened."""


async def open_page(url: Secret, *, lasting: bool = False) -> None:
    """Open `url`; raises NoBrowser, TunnelError for an address that does not lead to 127.0.0.1.

    Returns when the browser has taken it, or is still busy after five seconds. A `lasting` page stays for its minute
    though we end: a browser takes its time to read it.
    """
    checked_url(url)
    if not _can_open():
        raise NoBrowser("There is no browser to open here", "Set $BROWSER to a command that opens one.")
    try:
        page = _write(url, "lasting-" if lasting else _OURS)
    except OSError as error:
        raise NoBrowser(
            f"The page that leads to the server cannot be written: {error.strerror or error}",
            "Make room on this disk, or copy the address and open it yourself.",
        ) from error
    if not lasting:
        asyncio.get_running_loop().call_later(KEPT_SECONDS, page.unlink, True)
    program = (
        (_OPEN_AND_SWEEP, page.as_uri(), str(page), str(KEPT_SECONDS)) if lasting else (_OPEN, page.as_uri())
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-c", *program),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            failed = await process.wait()
    except TimeoutError:
        return
    if failed:
        page.unlink(missing_ok=True)
        raise NoBrowser("The browser did not open", "Set $BROWSER to a command that opens one.")


_made: list[Path] = []


def sweep() -> None:
    """Remove our pages, and those that a killed dashboard left; runs at the end by itself."""
    if not _made:
        return
    for page in _made[0].glob("*.html"):
        if page.name.startswith(_OURS) or time.time() - page.stat().st_mtime > KEPT_SECONDS:
            page.unlink(missing_ok=True)


atexit.register(sweep)


def _folder() -> Path:
    _made[:] = [private(state_folder() / "open")]
    return _made[0]


def _write(url: Secret, beginning: str) -> Path:
    page = _folder() / f"{beginning}{secrets.token_urlsafe(12)}.html"
    descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_PAGE.format(url=html.escape(url.reveal())))
    return page


def _can_open() -> bool:
    """Whether a browser could show itself: on Linux that takes a display, or a command of the user's choice."""
    if sys.platform in ("darwin", "win32") or "microsoft" in os.uname().release.lower():
        return True
    return any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
