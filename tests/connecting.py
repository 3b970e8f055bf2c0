"""A connect script under way, as a person runs it on any computer."""

import asyncio
import os
import re
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jupystra_tui import protocol

from .cluster.wait import until
from .front_end import FrontEnd

LIMIT = 45.0


async def made(dashboard: FrontEnd, job: str) -> Path:
    """Have the connect script of a job written, and return where it is."""
    outcome = await dashboard.client.request(protocol.MakeScript(dashboard.cluster.name, job))
    return Path(outcome.path)


def _begin(shell: str, script: Path, *words: str, mark: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [shell, str(script), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "CONNECTING": mark},
    )  # fmt: skip


async def refused(shell: str, script: Path, *words: str) -> tuple[int, str]:
    """Run a script that will not connect, and return its status and what it says."""
    process = _begin(shell, script, *words)
    _, said = await asyncio.to_thread(process.communicate, timeout=LIMIT)
    return process.returncode, said


class Connected:
    """A script that runs: the address it printed, and what it said once it is over."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.said = ""


@asynccontextmanager
async def connected(shell: str, script: Path, *words: str) -> AsyncIterator[Connected]:
    """Run a script until it prints an address; ended by ctrl-c, which leaves nothing behind."""
    mark = secrets.token_hex(8)
    process = _begin(shell, script, *words, mark=mark)
    assert process.stdout
    try:
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), LIMIT)
        running = Connected(line.strip())
        if not line:
            raise AssertionError(process.communicate(timeout=LIMIT)[1])
        folders = set(re.findall(r"/tmp/jupystra\.[A-Za-z0-9]+", "\n".join(_processes(mark))))
        assert folders
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        _, said = await asyncio.to_thread(process.communicate, timeout=LIMIT)
    running.said = said
    assert process.returncode == 143, said
    await asyncio.to_thread(until, lambda: not _processes(mark), "all that it started to end")
    assert not [folder for folder in folders if os.path.exists(folder)]


def _processes(mark: str) -> list[str]:
    """The command lines of all that a script has started, in whatever session: they inherit its environment."""
    ps = ("ps", "axeww", "-o", "command=")
    listed = subprocess.run(ps, capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if f"CONNECTING={mark}" in line]
