"""The relay route: an ssh process on the login node connects to the compute node and listens on the login node.

For sites whose nodes accept logins from the login node only. The process ends with its channel of the login.
"""

import asyncio
import contextlib
import re
import secrets
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import ConnectError, TunnelError
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.host_keys import KnownKey
from jupystra_tui.ssh.identification import PROHIBITED, ForwardingForbidden
from jupystra_tui.ssh.known_hosts import known_line
from jupystra_tui.ssh.local_port import Connector
from jupystra_tui.ssh.node_errors import NodeRefused, node_error
from jupystra_tui.ssh.shell import quote
from jupystra_tui.ssh.ssh_link import End, LinkChannel
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.text import clean_lines

CONTROL_SECONDS = 10.0
STDERR_LIMIT = 8192
_SCRIPT = Path(__file__).with_name("relay.sh")
_FOLDER = re.compile(r"/tmp/jupystra\.[A-Za-z0-9]+")
# Known to OpenSSH 6.7 and later: a login node may have an old one.
OPTIONS = (
    "ControlPersist=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "Tunnel=no",
    "GatewayPorts=no",
    "StreamLocalBindMask=0177",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null",
    "BatchMode=yes",
    "ConnectTimeout=20",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=12",
    "LogLevel=INFO",
)


class RelayTunnel:
    """An ssh on the login node, a `Route`; made by `open_relay`.

    On the login node it listens on `port` of 127.0.0.1, or if that is 0, on a unix socket that only its owner can use.
    """

    def __init__(self, connection: Connection, channel: LinkChannel, node: str, port: int, mark: str) -> None:
        self.ended = asyncio.Event()
        self.reason = ""
        self._connection = connection
        self._channel = channel
        self._node = node
        self._port = port
        self._mark = mark
        self._closing = False
        self._loop = asyncio.get_running_loop()
        self._folder: asyncio.Future[str] = self._loop.create_future()
        self._watch = asyncio.create_task(self._watch_channel())

    async def ready(self) -> None:
        """Wait for authentication; raises TunnelError with OpenSSH's reason."""
        either: set[asyncio.Future[Any]] = {self._folder, self._watch}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._folder.done():
            raise _explain(self._node, self.reason)

    async def forward(self, remote: int) -> Connector:
        """Let the login node's ssh forward connections to the node's 127.0.0.1:`remote`.

        Raises TunnelError if the login node's port is in use; ConnectError.
        """
        if not await self._control("forward", remote):
            raise relay_port_taken(self._port) if self._port else node_error("", None)
        return partial(self._dial, remote)

    async def unforward(self, remote: int) -> None:
        """Cancel a forward."""
        await self._control("cancel", remote)

    async def aclose(self) -> None:
        """End the login node's ssh, and remove its files. Idempotent."""
        self._closing = True
        await in_thread(_close, self._channel)
        await asyncio.wait({self._watch})

    def _dial(self, remote: int) -> End:
        if self._port:
            return self._connection.open_direct("127.0.0.1", self._port)
        return self._connection.open_streamlocal(self._socket(remote))

    def _socket(self, remote: int) -> str:
        return f"{self._folder.result()}/{remote}"

    async def _control(self, what: str, remote: int) -> bool:
        """Let the login node's ssh start or stop to listen; also removes its unix socket."""
        control = f"{self._folder.result()}/c"
        near = f"127.0.0.1:{self._port}" if self._port else self._socket(remote)
        argv = (
            "ssh",
            "-F",
            "/dev/null",
            "-S",
            control,
            "-O",
            what,
            "-L",
            f"{near}:127.0.0.1:{remote}",
            "node",
        )
        script = quote(argv) if self._port else f"rm -f {shlex.quote(near)}; {quote(argv)}"
        return (await self._connection.run(script, CONTROL_SECONDS)).code == 0

    async def _watch_channel(self) -> None:
        said = await in_thread(self._read_output)
        self.reason = "closed" if self._closing else clean_lines(said).strip()
        self.ended.set()

    def _read_output(self) -> bytes:
        """Read what the script prints until it ends, and return its last lines; blocking."""
        said, begun = b"", False
        while True:
            try:
                piece = self._channel.recv(4096)
            except OSError:
                piece = b""
            if not piece:
                return said
            *lines, rest = (said + piece).split(b"\n")
            marked = [line for line in lines if line.startswith(self._mark.encode())]
            for line in marked[:1] if not begun else ():
                self._loop.call_soon_threadsafe(self._entered, line.decode(errors="replace"))
            if marked and not begun:
                begun, lines = True, []  # before it is the output of start-up files and of the login
            said = b"\n".join([*lines, rest])[-STDERR_LIMIT:]

    def _entered(self, line: str) -> None:
        found = _FOLDER.search(line)
        if found and not self._folder.done():
            self._folder.set_result(found.group())


async def open_relay(
    connection: Connection, node: str, known_as: str, keys: Sequence[KnownKey], port: int = 0
) -> RelayTunnel:
    """Start an ssh to `node` on the login node; `keys` are those that the node may have.

    Raises ConnectError, HostKeyError.
    """
    mark = f"jupystra-{secrets.token_hex(8)}"
    options = " ".join(f"-o {option}" for option in (*OPTIONS, f"HostKeyAlias={known_as}"))
    known = "".join(known_line(known_as, key.type, key.blob) for key in keys if not key.marker).rstrip()
    facts = {"known": known, "options": options, "node": node, "mark": mark}
    head = "".join(f"{name}={shlex.quote(value)}\n" for name, value in facts.items())
    channel = await connection.open_shell()
    try:
        await in_thread(channel.sendall, (head + _SCRIPT.read_text(encoding="utf-8")).encode())
    except asyncio.CancelledError:
        _close(channel)
        raise
    except OSError as error:
        raise ConnectError(
            "The cluster does not answer", "It is retried automatically.", str(error)
        ) from error
    return RelayTunnel(connection, channel, node, port, mark)


async def check_port(connection: Connection, port: int) -> None:
    """Check that a port of the login node is free; raises TunnelError, ForwardingForbidden, ConnectError."""
    try:
        channel = await in_thread(connection.open_direct, "127.0.0.1", port)
    except ChannelException as error:
        if error.code == PROHIBITED:
            raise ForwardingForbidden(
                f"The login node does not allow forwarding to its port {port}",
                "Set the relay port to 0: tunnels do not need one.",
                str(error),
            ) from error
        return
    except (SSHException, EOFError, OSError) as error:
        raise ConnectError("The cluster does not answer", "Try again.", str(error)) from error
    await in_thread(_close, channel)
    raise relay_port_taken(port)


def relay_port_taken(port: int) -> TunnelError:
    """Return the error of a relay port that is in use."""
    return TunnelError(
        f"Port {port} on the login node is in use",
        "Choose another relay port, or 0 for none.",
    )


def _explain(node: str, words: str) -> TunnelError:
    if "permission denied" in words.lower():
        return NodeRefused(
            f"{node} does not accept the login node without a prompt",
            "Turn the relay off (`route` of the cluster): then you are prompted here.",
            words,
        )
    return node_error(words, None)


def _close(channel: LinkChannel) -> None:
    with contextlib.suppress(SSHException, OSError, EOFError):
        channel.close()
