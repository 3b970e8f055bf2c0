"""A port of this laptop that one tunnel holds for its whole life, whether or not there is a connection behind it.

While there is none, HTTP requests are answered with `503`, so that no other program can take the port and read what an
open browser tab sends to it.
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from paramiko import Channel

from jupystra_tui.ssh.channel_forwarder import CHUNK, close_end

End = socket.socket | Channel
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
    """A listener on 127.0.0.1 at `number`; made by `bind`, ended by `close`. Lives in threads, as paramiko does.

    `received` and `sent` count the bytes that were carried.
    """

    def __init__(self, listener: socket.socket) -> None:
        self.number: int = listener.getsockname()[1]
        self.received = 0
        self.sent = 0
        self._listener = listener
        self._lock = threading.Lock()
        self._dial: Connector | None = None
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

    def carry(self, dial: Connector) -> None:
        """Carry each new connection over one that `dial` opens."""
        with self._lock:
            self._dial = dial

    def hold(self) -> None:
        """End the connections that are carried, and answer new ones with 503. Idempotent."""
        with self._lock:
            self._dial = None
            ends, self._ends = self._ends, set()
        for end in ends:
            close_end(end)

    def close(self) -> None:
        """Give the port up and end its connections. Idempotent."""
        self._closed = True
        close_end(self._listener)
        self.hold()

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
        dial = self._dial
        try:
            if not self._own(near, dial):
                return
            far = self._opened(dial)
            if far is None:
                self._refuse(near)
            elif self._own(far, dial):
                threading.Thread(target=self._send, args=(near, far), name="send", daemon=True).start()
                self._receive(near, far)
                self._drop(far)
        finally:
            self._drop(near)

    def _opened(self, dial: Connector | None) -> End | None:
        try:
            return dial() if dial else None
        except Exception:  # paramiko raises many kinds; whichever it is, there is no connection to carry
            return None

    def _refuse(self, near: socket.socket) -> None:
        """Answer a request with 503 once its head is read; nothing of it is kept or repeated."""
        with self._lock:
            self._waiting += 1
            too_many = self._waiting > WAITING_LIMIT
        try:
            if not too_many and _read_head(near):
                near.sendall(UNAVAILABLE)
                near.shutdown(socket.SHUT_WR)
                _read_rest(near)
        except OSError:
            pass  # whoever asked has gone, or was too slow
        finally:
            with self._lock:
                self._waiting -= 1

    def _send(self, near: socket.socket, far: End) -> None:
        try:
            while piece := near.recv(CHUNK):
                far.sendall(piece)
                self._count(sent=len(piece))
            _end_writing(far)  # the answer may still be on its way
        except OSError:
            close_end(far)

    def _receive(self, near: socket.socket, far: End) -> None:
        try:
            while piece := far.recv(CHUNK):
                near.sendall(piece)
                self._count(received=len(piece))
        except OSError:
            pass  # one end went

    def _count(self, received: int = 0, sent: int = 0) -> None:
        with self._lock:
            self.received += received
            self.sent += sent

    def _own(self, end: End, dial: Connector | None) -> bool:
        """Note a connection to end with the others; returns False where `dial` is no longer the one in use."""
        with self._lock:
            current = self._dial is dial and not self._closed
            if current:
                self._ends.add(end)
        if not current:
            close_end(end)
        return current

    def _drop(self, end: End) -> None:
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
    """Read a little more: a socket that is closed with unread bytes takes the answer with it."""
    near.settimeout(REQUEST_SECONDS / 4)
    for _ in range(REQUEST_LIMIT // 1024):
        if not near.recv(REQUEST_LIMIT):
            return


def _end_writing(end: End) -> None:
    if isinstance(end, Channel):
        end.shutdown_write()
    else:
        end.shutdown(socket.SHUT_WR)
