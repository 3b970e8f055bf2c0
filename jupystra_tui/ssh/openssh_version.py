"""The version of OpenSSH on this laptop."""

import asyncio
import re

from jupystra_tui.errors import ConfigError
from jupystra_tui.ssh.resolve import ssh_program
from jupystra_tui.text import clean, clean_lines

SECONDS = 10.0
_VERSION = re.compile(r"OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)")


async def ssh_version() -> str:
    """Return what `ssh -V` prints; raises ConfigError if there is no ssh, or it does not answer."""
    process = await asyncio.create_subprocess_exec(
        ssh_program(),
        "-V",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise ConfigError(
            f"`ssh -V` printed nothing within {SECONDS:.0f} s",
            "Check that the `ssh` on your PATH is OpenSSH.",
        ) from error
    return clean((clean_lines(said).strip() or "nothing").splitlines()[0], 200)


def openssh_number(text: str) -> tuple[int, int] | None:
    """Return major and minor version of an OpenSSH read from its version text, None for another program."""
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2])) if match else None
