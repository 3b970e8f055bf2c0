"""The local port of one tunnel, kept for the life of the tunnel, with or without a connection to the server.

Without one, HTTP requests are answered with `503`: no other program can listen on the port and read what an open
browser tab sends to it.
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from jupystra_tui.ssh.copying import close_end, copy, end_writing
from jupystra_tui.ssh.ssh_link import End

Connector = Callable[[], End]
"""Opens one connection to the server; blocking. May raise anything."""

QUEUE = 64
WAITING_LIMIT = 32
REQUEST_LIMIT = 8192
REQUEST_SECONDS = 2.0
ACCEPT_PAUSE = 0.1
_PAGE = (
    b"<!doctype html><meta charset=utf-8><meta name=referrer content=no-referrer>"
    b"<meta http-equiv=refresh content=2><title>Reconnecting</title><p>Reconnecting to the server.</p>\n"
)
UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)


class LocalPort:
    """A listener on 127.0.0.1 at `number`; made by `bind`, closed by `close`. It uses threads, as paramiko does.

    `received` and `sent` count the bytes that were forwarded.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.number: int = listener.getsockname()[1]
        self.received = 0
        self.sent = 0
        self._listener = listener
        self._lock = threading.Lock()
        self._connector: Connector | None = None
        self._ends: set[End] = set()
        self._waiting = 0
        self._closed = False

    @classmethod
    def bind(cls, port: int) -> Self:
        """Return the port, listening; raises OSError where another program has it."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(QUEUE)
        except OSError:
            listener.close()
            raise
        bound = cls(listener)
        threading.Thread(target=bound._serve, name="local port", daemon=True).start()
        return bound

    def forward(self, connector: Connector) -> None:
        """Forward each new connection to one that `connector` opens."""
        with self._lock:
            self._connector = connector

    def disconnect(self) -> None:
        """Close the forwarded connections, and answer new ones with 503. Idempotent."""
        with self._lock:
            self._connector = None
            ends, self._ends = self._ends, set()
        for end in ends:
            close_end(end)

    def close(self) -> None:
        """Release the port and close its connections. Idempotent."""
        self._closed = True
        close_end(self._listener)
        self.disconnect()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                if self._closed:
                    return
                time.sleep(ACCEPT_PAUSE)  # no file descriptor is free
                continue
            threading.Thread(target=self._answer, args=(near,), name="connection", daemon=True).start()

    def _answer(self, near: socket.socket) -> None:
        connector = self._connector
        try:
            if not self._keep(near, connector):
                return
            far = self._open(connector)
            if far is None:
                self._refuse(near)
            elif self._keep(far, connector):
                threading.Thread(target=self._send, args=(near, far), name="send", daemon=True).start()
                self._receive(near, far)
                self._close_end(far)
        finally:
            self._close_end(near)

    def _open(self, connector: Connector | None) -> End | None:
        try:
            return connector() if connector else None
        except Exception:  # paramiko raises many kinds; for each, there is no connection to the server
            return None

    def _refuse(self, near: socket.socket) -> None:
        """Answer a request with 503 once its head is read; the request is neither kept nor repeated."""
        with self._lock:
            self._waiting += 1
            too_many = self._waiting > WAITING_LIMIT
        try:
            if not too_many and _read_head(near):
                near.sendall(UNAVAILABLE)
                near.shutdown(socket.SHUT_WR)
                _read_rest(near)
        except OSError:
            pass  # the client closed the connection, or was too slow
        finally:
            with self._lock:
                self._waiting -= 1

    def _send(self, near: socket.socket, far: End) -> None:
        try:
            if copy(near, far, lambda size: self._count(sent=size)):
                end_writing(far)  # the answer may not be complete yet
                return
        except OSError:
            pass  # the connection ended first
        close_end(far)

    def _receive(self, near: socket.socket, far: End) -> None:
        copy(far, near, lambda size: self._count(received=size))

    def _count(self, received: int = 0, sent: int = 0) -> None:
        with self._lock:
            self.received += received
            self.sent += sent

    def _keep(self, end: End, connector: Connector | None) -> bool:
        """Keep an end to close it later; close it now and return False if `connector` is no longer in use."""
        with self._lock:
            current = self._connector is connector and not self._closed
            if current:
                self._ends.add(end)
        if not current:
            close_end(end)
        return current

    def _close_end(self, end: End) -> None:
        with self._lock:
            self._ends.discard(end)
        close_end(end)


def _read_head(near: socket.socket) -> bool:
    """Read a request up to its empty line; returns whether that came, within limits of size and time."""
    deadline = time.monotonic() + REQUEST_SECONDS
    head = b""
    while b"\r\n\r\n" not in head and len(head) < REQUEST_LIMIT:
        near.settimeout(max(0.01, deadline - time.monotonic()))
        piece = near.recv(REQUEST_LIMIT - len(head))
        if not piece or time.monotonic() > deadline:
            return False
        head += piece
    return True


def _read_rest(near: socket.socket) -> None:
    """Read a little more: a socket that is closed with unread bytes drops the answer."""
    near.settimeout(REQUEST_SECONDS / 4)
    for _ in range(REQUEST_LIMIT // 1024):
        if not near.recv(REQUEST_LIMIT):
            return
