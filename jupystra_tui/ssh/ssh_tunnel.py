"""An OpenSSH process to a compute node, over the login's connection, and the sockets that it forwards."""

import asyncio
import contextlib
import os
import secrets
import shlex
import signal
import socket
import sys
from functools import partial
from pathlib import Path

from msgspec import Struct

from jupystra_tui.errors import JupystraError, TunnelError
from jupystra_tui.ssh import fdpass
from jupystra_tui.ssh.agent import agent_error
from jupystra_tui.ssh.askpass import Answerer, Askpass
from jupystra_tui.ssh.channel_forwarder import ChannelForwarder
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.local_port import Connector
from jupystra_tui.ssh.node_errors import closed_before_login, node_error
from jupystra_tui.ssh.resolve import Endpoint, ssh_program
from jupystra_tui.ssh.stderr_lines import StderrLines
from jupystra_tui.ssh.threads import in_thread

CONTROL_SECONDS = 5.0
END_SECONDS = 2.0
FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.01, 1.3, 0.1
PROMPT_PAUSE = 0.25
"""Seconds between two checks for ssh's control socket: from the first to the longest, or while the user is asked."""
# The user's configuration must not change the tunnel: tested against hostile ones.
OPTIONS = (
    "ControlPersist=no",
    "ProxyUseFdpass=yes",
    "ProxyJump=none",
    "ClearAllForwardings=yes",
    "RemoteCommand=none",
    "RequestTTY=no",
    "PermitLocalCommand=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "Tunnel=no",
    "GatewayPorts=no",
    "StreamLocalBindMask=0177",
    "StreamLocalBindUnlink=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null",
    "KnownHostsCommand=none",
    "VerifyHostKeyDNS=no",
    "UpdateHostKeys=no",
    "BatchMode=no",
    "NumberOfPasswordPrompts=3",
    "ConnectTimeout=20",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=12",  # 3 minutes: a dead node is noticed by the requests to its server
    "TCPKeepAlive=yes",
    "Compression=no",
    "LogLevel=INFO",
    "EscapeChar=none",
    "AddKeysToAgent=no",
    "IgnoreUnknown=*",  # for the following options only, which an older ssh does not know
    "ForkAfterAuthentication=no",
    "ChannelTimeout=none",
    "LogVerbose=none",
)


class NodeTarget(Struct, frozen=True):
    """A compute node: its name, its name in known_hosts, those files, and the key created for it, if any."""

    node: str
    known_as: str
    known_hosts: tuple[Path, ...]
    key: Path | None = None


class SshTunnel:
    """One `ssh -N -M` on this laptop, a `Route`; made by `open_tunnel`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        node: str,
        control: Path,
        forwarder: ChannelForwarder,
        closed_before_login: asyncio.Event,
        askpass: Askpass,
    ) -> None:
        self.forwarder = forwarder
        self.ended = asyncio.Event()
        self.reason = ""
        self._process = process
        self._node = node
        self._control = control
        self._hung_up = closed_before_login
        self._askpass = askpass
        self._failure: JupystraError | None = None
        self._forwards: dict[int, Path] = {}
        self._closing = False
        self._watch = asyncio.create_task(self._watch_process())
        self._forwarder_watch = asyncio.create_task(self._watch_forwarder())

    async def ready(self) -> None:
        """Wait for authentication, however long the user takes to answer; the node's server limits the rest.

        Raises TunnelError with OpenSSH's reason, GivenUp when the user cancelled, AuthError after wrong answers.
        """
        pause = FIRST_PAUSE
        while (
            not self._control.exists()
        ):  # it appears at once, and nothing else shows that ssh is authenticated
            if self.ended.is_set():
                raise self._failure or node_error(self.reason, self.forwarder.failure, self._askpass.asked)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROMPT_PAUSE if self._askpass.asking else pause):
                    await self.ended.wait()
            pause = min(pause * GROWTH, LONGEST_PAUSE)
        self._askpass.accepted()

    async def forward(self, remote: int) -> Connector:
        """Let ssh forward from a unix socket that only our user can open to the node's 127.0.0.1:`remote`.

        Raises TunnelError.
        """
        near = self._forwards.setdefault(remote, self._control.with_name(f"f-{secrets.token_hex(4)}"))
        if not await self._control_command("forward", "-L", _forwarding(near, remote)):
            if self.ended.is_set():
                raise node_error(self.reason, self.forwarder.failure)
            raise TunnelError(
                "ssh on this laptop did not forward the connection", "It is retried automatically."
            )
        return partial(_connect, near)

    async def unforward(self, remote: int) -> None:
        """Cancel a forward."""
        near = self._forwards.pop(remote, None)
        if near:
            await self._control_command("cancel", "-L", _forwarding(near, remote))
            near.unlink(missing_ok=True)

    def give_up(self, why: JupystraError) -> None:
        """Terminate ssh with all processes that it started."""
        self._failure = self._failure or why
        self._signal(signal.SIGTERM)

    async def aclose(self) -> None:
        """End ssh with all processes that it started: TERM, then KILL. Idempotent."""
        self._closing = True
        try:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                self._signal(sign)
                if (await asyncio.wait({self._watch}, timeout=END_SECONDS))[0]:
                    break
        finally:
            self._forwarder_watch.cancel()
            await asyncio.wait({self._forwarder_watch})
            self.forwarder.close()
            self._askpass.close()
            for file in (self._control, *self._forwards.values()):
                file.unlink(missing_ok=True)

    def _signal(self, sign: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, sign)

    async def _control_command(self, *words: str) -> bool:
        argv = [ssh_program(), "-F", "/dev/null", "-S", str(self._control), "-O", *words, "node"]
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(CONTROL_SECONDS):
                return await process.wait() == 0
        except TimeoutError:
            process.kill()
            await process.wait()
            return False

    async def _watch_process(self) -> None:
        assert self._process.stderr
        stderr = StderrLines(self._askpass.add_stderr)
        while piece := await self._process.stderr.read(4096):
            stderr.add(piece)
        await self._process.wait()
        self.reason = "closed" if self._closing else stderr.text
        self._askpass.close()
        self.ended.set()

    async def _watch_forwarder(self) -> None:
        """Terminate ssh when the node closed the connection, which ssh does not notice during a prompt."""
        await self._hung_up.wait()
        if not self._askpass.asking:
            await asyncio.wait({self._watch}, timeout=END_SECONDS)
        if not self.ended.is_set():
            failure = self.forwarder.failure
            self.give_up(node_error("", failure) if failure else closed_before_login(self._node))


async def open_tunnel(
    connection: Connection, target: NodeTarget, folders: Folders, answer: Answerer
) -> SshTunnel:
    """Start ssh to a compute node over `connection`; `answer` answers its questions, `SshTunnel.ready` waits for it."""
    name = secrets.token_hex(4)
    agent = await _usable_agent(connection.endpoint.agent, answer)
    loop, node_closed = asyncio.get_running_loop(), asyncio.Event()
    tunnel: SshTunnel | None = None

    def give_up(reason: JupystraError) -> None:
        if tunnel:
            tunnel.give_up(reason)

    def on_close() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing waits
            loop.call_soon_threadsafe(node_closed.set)

    askpass = Askpass(folders.runtime, folders.state, answer, give_up)
    forwarder = ChannelForwarder.listen(
        folders.runtime / f"b-{name}", lambda: connection.open_direct(target.node, 22), on_close
    )
    control = folders.runtime / f"c-{name}"
    try:
        await askpass.start()
        argv = command(connection.endpoint, agent, target, control, forwarder.path)
        own = environment(agent, connection.endpoint.ssh_config)
        process = await _start(argv, {**own, **askpass.environment})
    except BaseException:
        askpass.close()
        forwarder.close()
        raise
    tunnel = SshTunnel(process, target.node, control, forwarder, node_closed, askpass)
    return tunnel


async def _usable_agent(agent: str, answer: Answerer) -> str:
    """Return the agent's socket, empty if the agent does not answer: ssh would wait for it forever."""
    why = await in_thread(agent_error, agent) if agent else ""
    if why:
        answer.add_stderr(f"{why}: continuing without it")
    return "" if why else agent


async def _start(argv: list[str], env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=env,
    )


def _forwarding(near: Path, remote: int) -> str:
    return f"{near}:127.0.0.1:{remote}".replace("%", "%%")


def _connect(near: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(near))
    except OSError:
        connection.close()
        raise
    return connection


def command(endpoint: Endpoint, agent: str, target: NodeTarget, control: Path, forwarder: Path) -> list[str]:
    """Return ssh's argv."""
    helper = " ".join(map(shlex.quote, [sys.executable, "-IS", fdpass.__file__, str(forwarder)])).replace(
        "%", "%%"
    )
    known_hosts = " ".join(f'"{file}"' for file in target.known_hosts).replace("%", "%%")
    options = (
        *OPTIONS,
        f"ProxyCommand={helper}",
        f"HostKeyAlias={target.known_as}",
        f"UserKnownHostsFile={known_hosts}",
        *(() if agent else ("IdentityAgent=none",)),  # no agent, or one that ssh would wait for forever
    )
    return [
        ssh_program(),
        *(("-F", endpoint.ssh_config) if endpoint.ssh_config else ()),
        *("-N", "-T", "-M", "-S", str(control), "-l", endpoint.user),
        *(("-i", str(target.key)) if target.key else ()),
        *(f"-o{option}" for option in options),
        "--",
        target.node,
    ]
