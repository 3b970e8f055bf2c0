"""A second kept shell, for commands that the user waits for and that must not delay the polls."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from paramiko.ssh_exception import ChannelException

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.shell import CommandResult, OnErr, Shell


class NoSession(ConnectError):
    """The login node allows no further session on the connection (its MaxSessions)."""


class SecondShell:
    """A shell that `open_shell` opens when it is needed, and again after it has ended."""

    def __init__(self, open_shell: Callable[[], Awaitable[Shell]]) -> None:
        self._open_shell = open_shell
        self._opening = asyncio.Lock()
        self._shell: Shell | None = None

    async def run(self, script: str, limit: float, on_err: OnErr | None = None) -> CommandResult:
        """Run shell text as `Shell.run` does; raises NoSession if the login node allows no second shell."""
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
        """Close it. Idempotent."""
        if self._shell:
            self._shell.close()


def no_session(ours: bool, error: ChannelException) -> NoSession:
    """Return the error of too many sessions; `ours` is whether a shell that this side closed still runs."""
    if ours:
        return NoSession(
            "The cluster still runs the command that took too long",
            "It allows one at a time (MaxSessions): once that has ended, it is retried automatically.",
            str(error),
        )
    return NoSession(
        "The login node allows no further session on this connection",
        "Its MaxSessions is reached: close other programs that share the connection.",
        str(error),
    )
