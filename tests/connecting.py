"""Runs a connect script, as a user does on any computer."""

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
    """Write the connect script of a job, and return its path."""
    outcome = await dashboard.client.request(protocol.MakeScript(dashboard.cluster.name, job))
    return Path(outcome.path)


def _begin(shell: str, script: Path, *words: str, mark: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [shell, str(script), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True, env={**os.environ, "CONNECTING": mark},
    )  # fmt: skip


async def refused(shell: str, script: Path, *words: str) -> tuple[int, str]:
    """Run a script that fails, and return its exit status and its output."""
    process = _begin(shell, script, *words)
    _, said = await asyncio.to_thread(process.communicate, timeout=LIMIT)
    return process.returncode, said


class Connected:
    """A running script: the URL it printed, and its output after it ended."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.said = ""


@asynccontextmanager
async def connected(shell: str, script: Path, *words: str) -> AsyncIterator[Connected]:
    """Run a script until it prints a URL; ends it with ctrl-c and checks that no process is left."""
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
    """Return the command lines of all processes that a script started, found by their inherited environment."""
    ps = ("ps", "axeww", "-o", "command=")
    listed = subprocess.run(ps, capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if f"CONNECTING={mark}" in line]
