"""Limits how much a server may send before the login."""

import socket
from typing import Any

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.ssh_link import LinkChannel

HANDSHAKE_LIMIT = 256 * 1024
LOGIN_LIMIT = 16 * 1024 * 1024
GREETING_LIMIT = 4096
PACKET_LIMIT = 4 * 1024 * 1024  # OpenSSH sends and accepts at most 256 kB; paramiko would read 4 GB at once


class ReceiveLimitExceeded(ConnectError):
    """A server sent more than an ssh server ever sends; the connection is closed."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The server sent {what}: the connection was closed",
            "It may not be an ssh server, or may be faulty: try `ssh -v` to it, or ask the site.",
        )


class LimitedSocket:
    """A connected socket or channel with a limit on the bytes read; other calls are passed on.

    `failure` is the error that reading ended with: paramiko does not pass it on in each phase. `greeting` is the
    beginning of what was received, `closed` whether the other side closed the connection.
    """

    def __init__(self, sock: socket.socket | LinkChannel) -> None:
        self.failure: ReceiveLimitExceeded | None = None
        self.greeting = b""
        self.closed = False
        self._sock = sock
        self._limit: int | None = HANDSHAKE_LIMIT
        self._read = 0

    def __getattr__(self, name: str) -> Any:
        """Return the socket's own attribute."""
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        """Return what was received; raises ReceiveLimitExceeded for too many bytes, or for too long a packet."""
        if size > PACKET_LIMIT:
            raise self._failed(f"a packet of {size // 1024} kB")
        piece = self._receive(size)
        if self._limit is not None:
            self._read += len(piece)
            if self._read > self._limit:
                raise self._failed(f"more than {self._limit // 1024} kB before the login")
        return piece

    def _receive(self, size: int) -> bytes:
        try:
            piece = self._sock.recv(size)
        except ConnectionError:
            self.closed = True
            raise
        self.closed |= not piece and size > 0
        if len(self.greeting) < GREETING_LIMIT:
            self.greeting += piece[:GREETING_LIMIT]
        return piece

    def begin_login(self) -> None:
        """Raise the limit after the handshake: banners and questions may be longer."""
        self._limit = LOGIN_LIMIT

    def lift(self) -> None:
        """Remove the limit after the login."""
        self._limit = None

    def _failed(self, what: str) -> ReceiveLimitExceeded:
        self.failure = self.failure or ReceiveLimitExceeded(what)
        return self.failure
