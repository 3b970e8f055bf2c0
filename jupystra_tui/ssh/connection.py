"""One authenticated connection to a login node: commands, long output, and channels for tunnels."""

import asyncio
import concurrent.futures
import logging
import socket

import paramiko
from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import AuthError, ConnectError, GivenUp, HostKeyError, JupystraError
from jupystra_tui.model import HostKey, Prompt
from jupystra_tui.ssh import hostkeys
from jupystra_tui.ssh.auth import PERSON_SECONDS, Ladder
from jupystra_tui.ssh.dial import Line, dial
from jupystra_tui.ssh.hostkeys import KnownKey, Verdict
from jupystra_tui.ssh.prompting import Ask, Tell
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.shell import LOGIN, PLAIN, Result, Shell
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean

HANDSHAKE_SECONDS = 10.0
CHANNEL_SECONDS = 10.0
WINDOW, PACKET = 1 << 25, 1 << 18  # paramiko's defaults halve a tunnel's speed

logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


class Connection:
    """A logged-in Transport; made by `connect`. `lost` is set when it is gone, whoever ended it."""

    def __init__(self, endpoint: Endpoint, line: Line, transport: paramiko.Transport) -> None:
        self.endpoint = endpoint
        self.lost = asyncio.Event()
        self._line = line
        self._transport = transport
        self._shell: Shell | None = None
        self._shell_command = PLAIN
        self._prologue = ""
        self._opening = asyncio.Lock()
        self._watch = asyncio.create_task(self._watch_transport())

    async def prepare(self, line: str) -> None:
        """Let every shell from now on, the open one too, begin with `line`, which prints nothing."""
        self._prologue = line
        if self._shell and self._shell.alive:
            await self._shell.feed(line)

    def use_login_shell(self) -> None:
        """From now on run commands with the environment of a login shell (`/etc/profile`, `~/.bash_profile`)."""
        self._shell_command = LOGIN
        if self._shell:
            self._shell.close()

    async def run(self, script: str, limit: float = 20.0) -> Result:
        """Run shell text on the kept shell: one round trip. Raises TimeoutError after `limit` seconds, ConnectError."""
        async with self._opening:
            if self._shell is None or not self._shell.alive:
                self._shell = await self._open_shell()
            shell = self._shell
        return await shell.run(script, limit)

    async def run_apart(self, script: str, limit: float = 60.0) -> Result:
        """Run shell text on a channel of its own, for long output that shall not hold up the polls."""
        shell = await self._open_shell()
        try:
            return await shell.run(script, limit)
        finally:
            shell.close()

    def open_direct(self, host: str, port: int) -> paramiko.Channel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException."""
        return self._transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=CHANNEL_SECONDS
        )

    async def aclose(self) -> None:
        """Close shell, transport and proxy; again without harm."""
        if self._shell:
            self._shell.close()
        await in_thread(_end, self._transport, self._line)
        await self._watch

    async def _open_shell(self) -> Shell:
        shell = Shell(await self._session())
        if self._prologue:
            await shell.feed(self._prologue)
        return shell

    async def _session(self) -> paramiko.Channel:
        try:
            return await in_thread(_exec, self._transport, self._shell_command)
        except ChannelException as error:
            raise ConnectError(
                "The login node allows no further session on this connection",
                "Its MaxSessions is reached: close other programs that share the connection.",
                str(error),
            ) from error
        except (SSHException, EOFError, OSError) as error:
            await in_thread(
                _end, self._transport, self._line
            )  # keepalives do not notice a dead peer; this does
            raise ConnectError(
                "The cluster does not answer", "It is tried again by itself.", str(error)
            ) from error

    async def _watch_transport(self) -> None:
        await in_thread(self._transport.join)
        self.lost.set()


async def connect(endpoint: Endpoint, ask: Ask, tell: Tell, trusted: set[str], vault: Vault) -> Connection:
    """Dial, verify the host's key and log in.

    `trusted` holds the fingerprints that the person accepted for this session only; it is added to. Raises
    ConnectError, HostKeyError, AuthError, GivenUp. Cancelling it closes the socket: nothing more is sent.
    """
    loop = asyncio.get_running_loop()
    questions: set[concurrent.futures.Future[Secret]] = set()

    def ask_from_thread(prompt: Prompt) -> Secret:
        question = asyncio.run_coroutine_threadsafe(_awaited(ask, prompt), loop)
        questions.add(question)
        return question.result()

    def tell_from_thread(step: str) -> None:
        loop.call_soon_threadsafe(tell, step)

    tell(f"calling {endpoint.host}")
    line = await in_thread(dial, endpoint)
    transport: paramiko.Transport | None = None
    try:
        transport = _transport(line.sock)
        await _verify(transport, endpoint, ask, tell, trusted)
        ladder = Ladder(transport, endpoint, ask_from_thread, tell_from_thread, vault)
        await in_thread(ladder.climb)
        return Connection(endpoint, line, transport)
    except BaseException as error:
        for question in questions:
            question.cancel()
        await in_thread(_end, transport, line)
        raise _translated(endpoint, error) from error


def _transport(sock: socket.socket) -> paramiko.Transport:
    transport = paramiko.Transport(sock, default_window_size=WINDOW, default_max_packet_size=PACKET)
    transport.daemon = True
    transport.set_keepalive(30)
    return transport


def _shake_hands(
    transport: paramiko.Transport, patient: bool, known: tuple[KnownKey, ...]
) -> tuple[str, str]:
    """Return type and blob of the key that the host proved to have."""
    _prefer(transport, [key.type for key in known if not key.marker])
    seconds = PERSON_SECONDS if patient else HANDSHAKE_SECONDS
    transport.banner_timeout = seconds
    transport.start_client(timeout=seconds)
    key = transport.get_remote_server_key()
    return key.get_name(), key.get_base64()


async def _verify(
    transport: paramiko.Transport, endpoint: Endpoint, ask: Ask, tell: Tell, trusted: set[str]
) -> None:
    known = await in_thread(hostkeys.lookup, endpoint.known_as, endpoint.known_hosts)
    type_, blob = await in_thread(_shake_hands, transport, bool(endpoint.proxy), known)
    verdict = hostkeys.judge(type_, blob, known)
    if verdict in (Verdict.CHANGED, Verdict.REVOKED):
        raise hostkeys.refusal(endpoint.known_as, type_, blob, verdict, known)
    shown = HostKey(endpoint.known_as, type_, hostkeys.fingerprint(blob))
    if verdict is Verdict.UNKNOWN and shown.fingerprint not in trusted:
        if endpoint.strict:
            raise HostKeyError(
                f"The key of {endpoint.known_as} is not known, and StrictHostKeyChecking forbids to ask",
                "Add it to your known_hosts, or change that setting in ~/.ssh/config.",
                f"{shown.type} {shown.fingerprint}",
            )
        if await hostkeys.ask_whether(ask, shown) == "trust" and endpoint.known_hosts:
            name = endpoint.known_as
            hashed = paramiko.HostKeys.hash_host(name) if endpoint.hash_known_hosts else name
            hostkeys.append(endpoint.known_hosts[0], hashed, type_, blob)
        trusted.add(shown.fingerprint)
    tell("host key known" if verdict is Verdict.KNOWN else "host key trusted")


def _prefer(transport: paramiko.Transport, types: list[str]) -> None:
    """Ask for the types of key that are on file first, as OpenSSH does: else a host with several seems changed."""
    wanted = [
        name
        for type_ in types
        for name in (("rsa-sha2-512", "rsa-sha2-256") if type_ == "ssh-rsa" else (type_,))
    ]
    options = transport.get_security_options()
    options.key_types = tuple(sorted(options.key_types, key=lambda name: name not in wanted))


def _exec(transport: paramiko.Transport, command: str) -> paramiko.Channel:
    channel = transport.open_session(timeout=CHANNEL_SECONDS)
    channel.exec_command(command)
    return channel


def _end(transport: paramiko.Transport | None, line: Line) -> None:
    if transport:
        transport.close()
    line.close()


async def _awaited(ask: Ask, prompt: Prompt) -> Secret:
    return await ask(prompt)


def _translated(endpoint: Endpoint, error: BaseException) -> BaseException:
    if isinstance(error, (concurrent.futures.CancelledError, GivenUp)):
        return (
            error
            if isinstance(error, GivenUp)
            else GivenUp("The login was given up", "Nothing more was sent.")
        )
    if isinstance(error, JupystraError) or not isinstance(error, (SSHException, EOFError, OSError)):
        return error
    words = clean(str(error) or type(error).__name__)
    if "ncompatible" in words or "no acceptable" in words.lower():
        return ConnectError(
            f"{endpoint.host} speaks only encryption that is no longer safe",
            "Ask the site to renew its ssh server.",
            words,
        )
    if isinstance(error, (EOFError, OSError)) or "banner" in words:
        return ConnectError(
            f"{endpoint.host} answered, but not as an ssh server in time",
            "It may be overloaded: try again.",
            words,
        )
    return AuthError(f"The login to {endpoint.alias} broke off: {words}", "Try again.", words)
