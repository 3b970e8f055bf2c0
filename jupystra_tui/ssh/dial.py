"""A socket to the login node, direct or through a proxy command."""

import os
import signal
import socket
import subprocess
import tempfile
from typing import IO

from jupystra_tui.errors import ConnectError, GivenUp, JupystraError
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.text import clean_lines

SECONDS = 8.0
ENDING_SECONDS = 0.5
WORDS_LIMIT = 4000


class Line:
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def close(self) -> None:
        """Close the socket; again without harm."""
        self.sock.close()

    def failure(self) -> JupystraError | None:
        """Return why the line itself ended, where it can tell."""
        return None


class ProxyLine(Line):
    """A line through a proxy command, with the process behind it."""

    def __init__(self, sock: socket.socket, process: "subprocess.Popen[bytes]", words: IO[bytes]) -> None:
        super().__init__(sock)
        self._process = process
        self._words = words
        self._given_up = False

    def give_up(self) -> None:
        """End the proxy at once, with all it started: the person cancelled."""
        self._given_up = True
        self._signal(signal.SIGTERM)

    def close(self) -> None:
        """Close the socket and end the proxy with all it started; again without harm."""
        super().close()
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def failure(self) -> JupystraError | None:
        """Return what the proxy said last, or that the person gave up; None while it runs. Blocks for a moment."""
        if self._given_up:
            return GivenUp("The login was given up", "Nothing more was sent.")
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        end = self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, end - WORDS_LIMIT))
        words = clean_lines(self._words.read()).strip()
        last = words.splitlines()[-1] if words else f"its command ended with {self._process.returncode}"
        return ConnectError(
            f"The way to the login node failed: {last}",
            "See ProxyJump or ProxyCommand in ~/.ssh/config.",
            words,
        )

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)


def dial(endpoint: Endpoint) -> Line:
    """Return a direct line (blocking, at most 8 s); raises ConnectError with the reason and the next step."""
    try:
        sock = socket.create_connection((endpoint.host, endpoint.port), SECONDS)
    except OSError as error:
        raise _explain(endpoint, error) from error
    sock.settimeout(None)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Line(sock)


def dial_proxy(command: str, environment: dict[str, str]) -> ProxyLine:
    """Return a line through a proxy command, at once: whether it gets anywhere shows later."""
    ours, theirs = socket.socketpair()
    words = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the line
    with theirs:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=words,
            start_new_session=True,
            env=environment,
        )
    return ProxyLine(ours, process, words)


def _explain(endpoint: Endpoint, error: OSError) -> ConnectError:
    where = f"{endpoint.host}, port {endpoint.port}"
    vpn = "Check the network; some sites need a VPN."
    if isinstance(error, socket.gaierror):
        return ConnectError(
            f"There is no host called {endpoint.host}", f"Check the spelling. {vpn}", str(error)
        )
    if isinstance(error, TimeoutError):
        return ConnectError(f"{where} did not answer within {SECONDS:.0f} s", vpn, str(error))
    if isinstance(error, ConnectionRefusedError):
        hint = "The login node may be down for a moment, or the port is another one."
        return ConnectError(f"{where} refused the connection", hint, str(error))
    return ConnectError(f"{where} cannot be reached: {error.strerror or error}", vpn, str(error))
