"""One authenticated connection to a login node: commands, long output, and channels for tunnels."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import NoAnswer, NotSent
from jupystra_tui.model import Layer
from jupystra_tui.ssh.heartbeat import Heartbeat
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.second_shell import NoSession, SecondShell, no_session
from jupystra_tui.ssh.server_info import ServerInfo
from jupystra_tui.ssh.shell import LOGIN, PLAIN, CommandResult, OnErr, SessionEnded, Shell
from jupystra_tui.ssh.ssh_link import CHANNEL_SECONDS, End, Link, LinkChannel
from jupystra_tui.ssh.startup_files import StartupFilesHang, StillStarting
from jupystra_tui.ssh.tcp import Address, ProbeResult, probe
from jupystra_tui.ssh.threads import in_thread

HANDSHAKE_SECONDS = 10.0
ENDING_SECONDS = 1.5
LOST_SECONDS = 0.3  # channels end a moment before their transport does
RETRIED = "It is retried automatically."

logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


class Connection:
    """A logged-in link; made by `open_connection`. `lost` is set when it has ended, whichever side ended it.

    `addresses` are those to which a new TCP connection shows whether the network works: the login node's, or the first
    jump host's; empty if none is known.
    `why` is why OpenSSH carries it, empty where that was not chosen.
    `startup_seconds` is how long start-up files on the login node may take.
    `silent_since` is the time since which the login node has not answered, in seconds since 1970, 0 while it does;
    `on_silence` is called when that changes.
    """

    def __init__(
        self, endpoint: Endpoint, link: Link, server_info: ServerInfo, addresses: tuple[Address, ...] = ()
    ) -> None:
        self.endpoint = endpoint
        self.server_info = server_info
        self.lost = asyncio.Event()
        self.addresses = addresses
        self.why = ""
        self.silent_since = 0.0
        self.startup_seconds = 0.0
        self.on_silence: Callable[[float], None] = lambda since: None
        self._link = link
        self._shell: Shell | None = None
        self._shell_command = PLAIN
        self._prologue = ""
        self._opening = asyncio.Lock()
        self._second = SecondShell(self._open_shell)
        self._heartbeat = Heartbeat(link.ping, self._probe, self._silent)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start to watch the connection."""
        self._tasks = [asyncio.create_task(self._watch_link()), asyncio.create_task(self._beat())]

    @property
    def transport(self) -> str:
        """The program that carries the connection."""
        return self._link.transport

    @property
    def alive(self) -> bool:
        """Whether requests can be sent; they may wait for a login node that does not answer."""
        return not self.lost.is_set() and self._link.is_active

    def needs_user(self) -> None:
        """Keep a silent connection longer: another login would prompt the user."""
        self._heartbeat.needs_user = True

    async def answers(self) -> bool:
        """Return whether the login node answers now, within some seconds."""
        asked, lost = (
            asyncio.ensure_future(self._heartbeat.answers()),
            asyncio.ensure_future(self.lost.wait()),
        )
        try:
            await asyncio.wait({asked, lost}, return_when=asyncio.FIRST_COMPLETED)
            return asked.done() and asked.result() and self.alive
        finally:
            asked.cancel()
            lost.cancel()

    def check(self) -> None:
        """Ping the login node now."""
        self._heartbeat.ping_now()

    async def prepare(self, line: str) -> None:
        """Run `line`, which prints nothing, first in every shell from now on, and in the open one."""
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
        self._second.close()

    async def run(self, script: str, limit: float = 20.0, on_err: OnErr | None = None) -> CommandResult:
        """Run shell text on the kept shell, which is for polls: one round trip.

        Raises NotSent, NoAnswer also after `limit` seconds. `on_err` is as for `Shell.run`.
        """
        began = time.monotonic()
        async with self._opening:
            if self._shell is None or not self._shell.alive:
                self._shell = await self._open_shell()
            shell = self._shell
        return await self._in_time(shell.run(script, limit - (time.monotonic() - began), on_err), limit)

    async def run_on_own_channel(
        self, script: str, limit: float = 60.0, on_err: OnErr | None = None
    ) -> CommandResult:
        """Run shell text on its own channel, for long commands that must not delay the polls.

        Raises NoSession where the login node allows no further session.
        """
        shell = await self._open_shell()
        try:
            return await self._in_time(shell.run(script, limit, on_err), limit)
        finally:
            shell.close()

    async def run_long(self, script: str, limit: float, on_err: OnErr | None = None) -> CommandResult:
        """Run a command that may take minutes: on its own channel, or on a kept shell if the site allows no other."""
        try:
            return await self.run_on_own_channel(script, limit, on_err)
        except NoSession:
            return await self.run_on_second_shell(script, limit, on_err)

    async def run_on_second_shell(
        self, script: str, limit: float = 20.0, on_err: OnErr | None = None
    ) -> CommandResult:
        """Run shell text on a second kept shell, or on the first if the site allows no other."""
        try:
            return await self._in_time(self._second.run(script, limit, on_err), limit)
        except NoSession:
            return await self.run(script, limit, on_err)

    def open_direct(self, host: str, port: int) -> LinkChannel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException."""
        return self._link.open_direct(host, port)

    def open_streamlocal(self, path: str) -> End:
        """Return a channel to a unix socket on the login node; blocking. Raises SSHException."""
        return self._link.open_streamlocal(path)

    async def open_shell(self) -> LinkChannel:
        """Return a channel with a new `/bin/sh`, its standard error combined with its output. Raises ConnectError."""
        return await self._session(combine_stderr=True)

    async def aclose(self) -> None:
        """Close the shells and the link. Idempotent."""
        if self._shell:
            self._shell.close()
        self._second.close()
        for task in self._tasks[1:]:
            task.cancel()
        await in_thread(self._link.close)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _open_shell(self) -> Shell:
        shell = Shell(await self._session(), self.startup_seconds)
        if self._prologue:
            await shell.feed(self._prologue)
        return shell

    async def _session(self, *, combine_stderr: bool = False) -> LinkChannel:
        deadline = time.monotonic() + ENDING_SECONDS
        released = False
        while True:
            try:
                return await self._link.open_session(self._shell_command, combine_stderr=combine_stderr)
            except ChannelException as error:
                released |= self._second.release()
                ours = released or (self._shell is not None and self._shell.given_up)
                if not ours or time.monotonic() > deadline:
                    raise no_session(ours, error) from error
                await asyncio.sleep(0.1)  # the server does not report when the closed shell has ended
            except (SSHException, EOFError, OSError) as error:
                raise self._not_sent(error) from error

    def _not_sent(self, error: Exception) -> NotSent:
        """Return why no session could be opened, and check whether the connection still works."""
        self.check()
        if self.alive:
            title, hint = f"The login node did not answer within {CHANNEL_SECONDS:.0f} s", RETRIED
        else:
            title, hint = "The connection to the login node is lost", "It is opened again automatically."
        reason = self._link.disconnect_reason
        title = f"The login node closed the connection: {reason}" if reason else title
        return NotSent(title, hint, reason or str(error), Layer.NETWORK)

    async def _in_time(self, answer: Awaitable[CommandResult], limit: float) -> CommandResult:
        try:
            return await answer
        except TimeoutError as error:
            self.check()
            if isinstance(error, StillStarting) and not self.silent_since:
                raise StartupFilesHang(error, login_shell=self.in_login_shell) from error
            layer = Layer.NETWORK if self.silent_since else None
            title = f"The cluster did not answer within {limit:.0f} s"
            raise NoAnswer(title, RETRIED, str(error), layer) from error
        except SessionEnded:
            raise
        except NoAnswer as error:
            await asyncio.wait([self._tasks[0]], timeout=LOST_SECONDS)
            if self.alive:
                raise
            title = "The connection to the login node broke before the answer came"
            raise NoAnswer(title, error.hint, layer=Layer.NETWORK) from error

    async def _probe(self, seconds: float) -> ProbeResult:
        if self.addresses:
            return await probe(self.addresses, seconds)
        await asyncio.sleep(seconds)
        return ProbeResult.SILENT

    def _silent(self, since: float) -> None:
        self.silent_since = since
        self.on_silence(since)

    async def _beat(self) -> None:
        """Close the connection when it is dead: ssh's own keepalives notice too late, or not at all."""
        await self._heartbeat.until_dead()
        await in_thread(self._link.close)

    async def _watch_link(self) -> None:
        await in_thread(self._link.join)
        self.lost.set()
        self._tasks[1].cancel()
        if self.silent_since:
            self._silent(0.0)
