"""A second kept shell: for what a person waits for and no poll shall hold up, nor be held up by."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from paramiko.ssh_exception import ChannelException

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.shell import CommandResult, OnErr, Shell


class NoSession(ConnectError):
    """The login node allows no further session on the connection (its MaxSessions)."""


class SecondShell:
    """Opened by `open_shell` when it is first needed, and again when it is gone."""

    def __init__(self, open_shell: Callable[[], Awaitable[Shell]]) -> None:
        self._open_shell = open_shell
        self._opening = asyncio.Lock()
        self._shell: Shell | None = None

    async def run(self, script: str, limit: float, on_err: OnErr | None = None) -> CommandResult:
        """Run shell text as `Shell.run` does; raises NoSession where the login node allows no second shell."""
        began = time.monotonic()
        async with self._opening:
            if self._shell is None or not self._shell.alive:
                self._shell = await self._open_shell()
            shell = self._shell
        return await shell.run(script, limit - (time.monotonic() - began), on_err)

    def release(self) -> bool:
        """Close it if it is open and runs nothing, for another session; returns whether it was."""
        if self._shell is None or not self._shell.alive or self._shell.busy:
            return False
        self._shell.close()
        return True

    def close(self) -> None:
        """Close it; idempotent."""
        if self._shell:
            self._shell.close()


def no_session(ours: bool, error: ChannelException) -> NoSession:
    """Return the error of a login node that allows no more sessions; `ours` is whether one that we closed lives on."""
    if ours:
        return NoSession(
            "The cluster still runs the command that took too long",
            "It allows one at a time (MaxSessions): once that has ended, it is asked again by itself.",
            str(error),
        )
    return NoSession(
        "The login node allows no further session on this connection",
        "Its MaxSessions is reached: close other programs that share the connection.",
        str(error),
    )
