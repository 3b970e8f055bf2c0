"""Puts a secret into the laptop's clipboard by the programs that own one. It goes over their standard input only."""

import asyncio
import os
import shutil
import sys
from contextlib import suppress

from jupystra_tui.text import Secret

LIMIT_SECONDS = 3.0
Command = tuple[str, ...]
PROGRAMS: tuple[tuple[str, Command], ...] = (
    ("darwin", ("pbcopy",)),
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard", "-in")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
)
"""Where each may be tried (a platform, or a variable that must be set), and its command line."""


async def put(secret: Secret) -> bool:
    """Put it there; returns whether a program took it. Over ssh only a forwarded display is the person's own."""
    for where, command in PROGRAMS:
        if _applies(where) and await _give(command, secret):
            return True
    return False


def _applies(where: str) -> bool:
    remote = bool(os.environ.get("SSH_CONNECTION"))
    if where == sys.platform:
        return not remote
    return bool(os.environ.get(where)) and (where == "DISPLAY" or not remote)


async def _give(command: Command, secret: Secret) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *command[1:],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await process.communicate(secret.reveal().encode())
    except (TimeoutError, OSError):
        return False
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0
