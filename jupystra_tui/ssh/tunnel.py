"""An OpenSSH process to a compute node that rides on the login's connection, and the port it forwards."""

import asyncio
import contextlib
import os
import secrets
import shlex
import signal
import sys
from pathlib import Path

from msgspec import Struct

from jupystra_tui.errors import JupystraError
from jupystra_tui.ssh import fdpass
from jupystra_tui.ssh.agent import fault
from jupystra_tui.ssh.askpass import Answerer, Askpass
from jupystra_tui.ssh.bridge import Bridge
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.environment import environment
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_faults import explain, hung_up
from jupystra_tui.ssh.resolve import Endpoint, ssh_program
from jupystra_tui.ssh.route import is_free, none_free
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.words import Words

CONTROL_SECONDS = 5.0
END_SECONDS = 2.0
# What the person's own configuration may hold must not bend the tunnel: measured against hostile ones.
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
    "ServerAliveCountMax=2",
    "TCPKeepAlive=yes",
    "Compression=no",
    "LogLevel=INFO",
    "EscapeChar=none",
    "IgnoreUnknown=*",  # for what follows alone, which an older ssh does not know
    "ForkAfterAuthentication=no",
)


class Target(Struct, frozen=True):
    """A compute node: as the scheduler names it, as its host key is filed and where; `key` is one of ours to offer."""

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
        bridge: Bridge,
        hung_up: asyncio.Event,
        askpass: Askpass,
    ) -> None:
        self.bridge = bridge
        self.ended = asyncio.Event()
        self.reason = ""
        self._process = process
        self._node = node
        self._control = control
        self._hung_up = hung_up
        self._askpass = askpass
        self._failure: JupystraError | None = None
        self._closing = False
        self._watch = asyncio.create_task(self._watch_process())
        self._bridge_watch = asyncio.create_task(self._watch_bridge())

    @property
    def received(self) -> int:
        """Bytes that came so far."""
        return self.bridge.received

    @property
    def sent(self) -> int:
        """Bytes that went so far."""
        return self.bridge.sent

    async def ready(self) -> None:
        """Wait until the node let us in, however long a person thinks about its questions; the node bounds the rest.

        Raises TunnelError with OpenSSH's reason, GivenUp when the person cancelled, AuthError after wrong answers.
        """
        while not self._control.exists():
            if self.ended.is_set():
                raise self._failure or explain(self.reason, self.bridge.failure, self._askpass.asked)
            await asyncio.sleep(0.01)  # the socket appears in one step, and nothing else tells of it
        self._askpass.accepted()

    async def forward(self, ports: range, remote: int) -> int:
        """Forward the first of `ports` that is free on 127.0.0.1 to the node's 127.0.0.1:`remote`; returns that port.

        Raises TunnelError when none could be had.
        """
        for port in ports:
            if is_free(port) and await self._control_command(
                "forward", "-L", f"127.0.0.1:{port}:127.0.0.1:{remote}"
            ):
                return port
            if self.ended.is_set():
                raise explain(self.reason, self.bridge.failure)
        raise none_free(ports)

    async def unforward(self, local: int, remote: int) -> None:
        """Take a forward back."""
        await self._control_command("cancel", "-L", f"127.0.0.1:{local}:127.0.0.1:{remote}")

    def give_up(self, why: JupystraError) -> None:
        """End ssh at once, with all it started."""
        self._failure = self._failure or why
        self._signal(signal.SIGTERM)

    async def aclose(self) -> None:
        """End ssh with all it started: TERM, then KILL; again without harm."""
        self._closing = True
        try:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                self._signal(sign)
                if (await asyncio.wait({self._watch}, timeout=END_SECONDS))[0]:
                    break
        finally:
            self._bridge_watch.cancel()
            self.bridge.close()
            self._askpass.close()
            self._control.unlink(missing_ok=True)

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
        words = Words(self._askpass.hear)
        while piece := await self._process.stderr.read(4096):
            words.add(piece)
        await self._process.wait()
        self.reason = "closed" if self._closing else words.text
        self._askpass.close()
        self.ended.set()

    async def _watch_bridge(self) -> None:
        """End ssh when the node has hung up: it does not notice while it waits for a person, or for an agent."""
        await self._hung_up.wait()
        if not self._askpass.asking:
            await asyncio.wait({self._watch}, timeout=END_SECONDS)
        if not self.ended.is_set():
            failure = self.bridge.failure
            self.give_up(explain("", failure) if failure else hung_up(self._node))


async def open_tunnel(
    connection: Connection, target: Target, folders: Folders, answer: Answerer
) -> SshTunnel:
    """Start ssh to a compute node over `connection`; `SshTunnel.ready` tells when it is in, `answer` what it asks."""
    name = secrets.token_hex(4)
    agent = connection.endpoint.agent
    if why := await in_thread(fault, agent) if agent else "":
        answer.hear(f"{why}: going on without it")
        agent = ""
    loop, hung_up = asyncio.get_running_loop(), asyncio.Event()
    tunnel: SshTunnel | None = None

    def give_up(reason: JupystraError) -> None:
        if tunnel:
            tunnel.give_up(reason)

    def on_close() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(hung_up.set)

    askpass = Askpass(folders.runtime, folders.state, answer, give_up)
    bridge = Bridge(folders.runtime / f"b-{name}", lambda: connection.open_direct(target.node, 22), on_close)
    control = folders.runtime / f"c-{name}"
    try:
        await askpass.start()
        process = await asyncio.create_subprocess_exec(
            *command(connection.endpoint, agent, target, control, bridge.path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={**environment(agent), **askpass.environment},
        )
    except BaseException:
        askpass.close()
        bridge.close()
        raise
    tunnel = SshTunnel(process, target.node, control, bridge, hung_up, askpass)
    return tunnel


def command(endpoint: Endpoint, agent: str, target: Target, control: Path, bridge: Path) -> list[str]:
    """Return ssh's argv."""
    helper = " ".join(map(shlex.quote, [sys.executable, "-IS", fdpass.__file__, str(bridge)])).replace(
        "%", "%%"
    )
    known_hosts = " ".join(f'"{file}"' for file in target.known_hosts).replace("%", "%%")
    options = (
        *OPTIONS,
        f"ProxyCommand={helper}",
        f"HostKeyAlias={target.known_as}",
        f"UserKnownHostsFile={known_hosts}",
        *(() if agent else ("IdentityAgent=none",)),  # none, or one that ssh would wait for for ever
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
