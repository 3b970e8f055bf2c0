"""A socket to the login node, direct or through a proxy command."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.askpass import Askpass
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.proxy_errors import proxy_error
from jupystra_tui.ssh.resolve import Endpoint, no_host_name
from jupystra_tui.ssh.stderr_lines import REPORTED_LIMIT, StderrLines
from jupystra_tui.ssh.tcp import addresses, has_route, open_tcp

T = TypeVar("T")
SECONDS = 8.0
ENDING_SECONDS = 0.5
SILENT_SECONDS = 20.0
SILENCES = 9  # longer than an ssh server waits for a login, and than a phone call takes
SILENT = "no answer yet from the login node: check the ssh-agent, the ProxyCommand and your phone"


class LoginSocket:
    """A connected socket to a login node."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def close(self) -> None:
        """Close the socket. Idempotent."""
        self.sock.close()

    def failure(self) -> JupystraError | None:
        """Return why the connection ended, if that is known."""
        return None

    @contextlib.asynccontextmanager
    async def watched(self, report: Report) -> AsyncIterator[None]:
        """Report a connection without progress before the handshake, and close it after a time limit."""
        yield


class ProxySocket(LoginSocket):
    """A socket to a proxy command; owns the command's process, whose questions `askpass` answers."""

    def __init__(self, sock: socket.socket, process: "subprocess.Popen[bytes]", askpass: Askpass) -> None:
        super().__init__(sock)
        self._process = process
        self._askpass = askpass
        self._given_up: JupystraError | None = None
        self._loop = asyncio.get_running_loop()
        self._activity = asyncio.Event()
        self._answered = False
        self._stderr = StderrLines(self._on_lines)
        self._reader = threading.Thread(target=self._read_stderr, name="proxy stderr", daemon=True)
        self._reader.start()

    def give_up(self, why: JupystraError) -> None:
        """Terminate the proxy with all processes that it started."""
        self._given_up = self._given_up or why
        self._signal(signal.SIGTERM)

    def close(self) -> None:
        """Close the socket and terminate the proxy with all processes that it started. Idempotent."""
        super().close()
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def failure(self) -> JupystraError | None:
        """Return why the proxy was terminated or ended; None while it runs. Blocks for a moment."""
        if self._given_up:
            return self._given_up
        try:
            code = self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(ENDING_SECONDS)
        return proxy_error(self._stderr.text, code, self._askpass.asked)

    @contextlib.asynccontextmanager
    async def watched(self, report: Report) -> AsyncIterator[None]:
        """Report a proxy that prints and asks nothing, and terminate it after a time limit."""
        watch = asyncio.create_task(self._watch(report))
        try:
            yield
            self._answered = True
        finally:
            watch.cancel()

    async def _watch(self, report: Report) -> None:
        silences = 0
        while silences < SILENCES:
            self._activity.clear()
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    await self._activity.wait()
                silences = 0
            except TimeoutError:
                silences = 0 if self._askpass.asking else silences + 1
                if silences == 1:
                    report(SILENT)
        seconds = SILENT_SECONDS * SILENCES
        self.give_up(
            ConnectError(
                f"The login node did not answer through the proxy or jump host within {seconds:.0f} s",
                "See ProxyJump, ProxyCommand and IdentityAgent in ~/.ssh/config: one of them may hang.",
            )
        )

    def _read_stderr(self) -> None:
        assert self._process.stderr
        with self._process.stderr as stream:
            while piece := os.read(stream.fileno(), 4096):
                self._stderr.add(piece)
                if self._stderr.too_much and not self._answered:
                    self._call(self.give_up, _too_many_messages())
                    return

    def _on_lines(self, lines: str) -> None:
        self._call(self._report_lines, lines)

    def _call(self, function: Callable[[T], object], argument: T) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing can be reported
            self._loop.call_soon_threadsafe(function, argument)

    def _report_lines(self, lines: str) -> None:
        self._activity.set()
        self._askpass.add_stderr(lines)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)


def _too_many_messages() -> ConnectError:
    return ConnectError(
        f"The proxy or jump host printed more than {REPORTED_LIMIT // 1024} kB of messages: it was terminated",
        "See ProxyJump and ProxyCommand in ~/.ssh/config: one of them prints without end.",
    )


async def open_login_socket(endpoint: Endpoint) -> LoginSocket:
    """Return a direct connection, within 8 s of the address lookup; raises ConnectError, ConfigError."""
    try:
        sock = await open_tcp(await addresses(endpoint.host, endpoint.port), SECONDS, SECONDS)
    except UnicodeError as error:
        raise no_host_name(endpoint.host, str(error)) from error
    except OSError as error:
        raise _explain(endpoint, error) from error
    sock.setblocking(True)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return LoginSocket(sock)


def open_proxy_socket(command: str, environment: dict[str, str], askpass: Askpass) -> ProxySocket:
    """Start a proxy command and return its socket at once, before it is connected."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**environment, **askpass.environment},
        )
    return ProxySocket(ours, process, askpass)


def _explain(endpoint: Endpoint, error: OSError) -> ConnectError:
    where, words = f"{endpoint.host}, port {endpoint.port}", str(error)
    vpn = "Check the network; some sites need a VPN."
    if isinstance(error, ConnectionRefusedError):
        hint = "The login node may be down for a moment, or the port is another one."
        return ConnectError(f"{where} refused the connection", hint, words, Layer.NETWORK)
    if not has_route(()) and not isinstance(error, TimeoutError):
        layer = Layer.LAPTOP_OFFLINE
        return ConnectError("This laptop is offline", "Connect it to a network.", words, layer)
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            title = f"The address of {endpoint.host} cannot be looked up: no name server answers"
            return ConnectError(title, vpn, words, Layer.NETWORK)
        title = f"There is no host named {endpoint.host}"
        return ConnectError(title, f"Check the spelling. {vpn}", words, Layer.NETWORK)
    if isinstance(error, TimeoutError):
        return ConnectError(f"{where} did not answer within {SECONDS:.0f} s", vpn, words, Layer.NETWORK)
    title = f"{where} cannot be reached: {error.strerror or error}"
    return ConnectError(title, vpn, words, Layer.NETWORK)
