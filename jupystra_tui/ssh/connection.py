"""One authenticated connection to a login node: commands, long output, and channels for tunnels."""

import asyncio
import logging
import time
from collections.abc import Awaitable

import paramiko
from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.dial import Line
from jupystra_tui.ssh.door import Door
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.shell import LOGIN, PLAIN, Result, Shell
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport

HANDSHAKE_SECONDS = 10.0
CHANNEL_SECONDS = 10.0
ENDING_SECONDS = 1.5
BEAT_SECONDS = 12.0

logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


class Connection:
    """A logged-in Transport; made by `login.connect`. `lost` is set when it is gone, whoever ended it.

    `door` is the login node as it showed itself.
    """

    def __init__(self, endpoint: Endpoint, line: Line, transport: Transport, door: Door) -> None:
        self.endpoint = endpoint
        self.door = door
        self.lost = asyncio.Event()
        self._line = line
        self._transport = transport
        self._shell: Shell | None = None
        self._shell_command = PLAIN
        self._prologue = ""
        self._opening = asyncio.Lock()
        self._watch = asyncio.create_task(self._watch_transport())
        self._heart = asyncio.create_task(self._beat())

    async def prepare(self, line: str) -> None:
        """Let every shell from now on, the open one too, begin with `line`, which prints nothing."""
        self._prologue = line
        if self._shell and self._shell.alive:
            await self._shell.feed(line)

    @property
    def in_login_shell(self) -> bool:
        """Whether commands run with the environment of a login shell."""
        return self._shell_command == LOGIN

    def use_login_shell(self) -> None:
        """From now on run commands with the environment of a login shell (`/etc/profile`, `~/.bash_profile`)."""
        self._shell_command = LOGIN
        if self._shell:
            self._shell.close()

    async def run(self, script: str, limit: float = 20.0) -> Result:
        """Run shell text on the kept shell: one round trip. Raises ConnectError, also after `limit` seconds."""
        async with self._opening:
            if self._shell is None or not self._shell.alive:
                self._shell = await self._open_shell()
            shell = self._shell
        return await _in_time(shell.run(script, limit), limit)

    async def run_apart(self, script: str, limit: float = 60.0) -> Result:
        """Run shell text on a channel of its own, for long output that shall not hold up the polls."""
        shell = await self._open_shell()
        try:
            return await _in_time(shell.run(script, limit), limit)
        finally:
            shell.close()

    def open_direct(self, host: str, port: int) -> paramiko.Channel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException."""
        return self._transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=CHANNEL_SECONDS
        )

    def open_streamlocal(self, path: str) -> paramiko.Channel:
        """Return a channel to a unix socket on the login node; blocking. Raises SSHException."""
        return self._transport.open_streamlocal(path, CHANNEL_SECONDS)

    async def open_shell(self) -> paramiko.Channel:
        """Return a channel to a `/bin/sh` of its own there. Raises ConnectError."""
        return await self._session()

    async def aclose(self) -> None:
        """Close shell, transport and proxy; again without harm."""
        if self._shell:
            self._shell.close()
        self._heart.cancel()
        await in_thread(end, self._transport, self._line)
        await self._watch

    async def _open_shell(self) -> Shell:
        shell = Shell(await self._session())
        if self._prologue:
            await shell.feed(self._prologue)
        return shell

    async def _session(self) -> paramiko.Channel:
        patience = time.monotonic() + ENDING_SECONDS
        while True:
            try:
                return await in_thread(_exec, self._transport, self._shell_command)
            except ChannelException as error:
                ours = self._shell is not None and self._shell.given_up
                if not ours or time.monotonic() > patience:
                    raise _no_session(ours, error) from error
                await asyncio.sleep(0.1)  # the server tells nobody when the shell that we closed has ended
            except (SSHException, EOFError, OSError) as error:
                await in_thread(
                    end, self._transport, self._line
                )  # keepalives do not notice a dead peer; this does
                raise ConnectError(
                    "The cluster does not answer", "It is tried again by itself.", str(error)
                ) from error

    async def _beat(self) -> None:
        """End the connection when the other side is silent: paramiko's own keepalives do not notice."""
        while not self.lost.is_set():
            await asyncio.sleep(BEAT_SECONDS)
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await in_thread(_ping, self._transport)
            except (TimeoutError, SSHException, EOFError, OSError):
                await in_thread(end, self._transport, self._line)

    async def _watch_transport(self) -> None:
        await in_thread(self._transport.join)
        self.lost.set()


async def _in_time(answer: Awaitable[Result], limit: float) -> Result:
    try:
        return await answer
    except TimeoutError as error:
        title = f"The cluster did not answer within {limit:.0f} s"
        raise ConnectError(title, "It is asked again by itself.") from error


def _no_session(ours: bool, error: ChannelException) -> ConnectError:
    """Return the error of a login node that allows no more sessions; `ours` is whether one that we closed lives on."""
    if ours:
        return ConnectError(
            "The cluster still runs the command that took too long",
            "It allows one at a time (MaxSessions): once that has ended, it is asked again by itself.",
            str(error),
        )
    return ConnectError(
        "The login node allows no further session on this connection",
        "Its MaxSessions is reached: close other programs that share the connection.",
        str(error),
    )


def end(transport: paramiko.Transport | None, line: Line) -> None:
    """Close a transport and its line; blocking, for a moment."""
    if transport:
        transport.close()
    line.close()


def _exec(transport: paramiko.Transport, command: str) -> paramiko.Channel:
    channel = transport.open_session(timeout=CHANNEL_SECONDS)
    channel.exec_command(command)
    return channel


def _ping(transport: paramiko.Transport) -> None:
    transport.global_request("keepalive@openssh.com", wait=True)
