"""Forwards one OpenSSH connection over the authenticated connection: from a unix socket to a `direct-tcpip` channel."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from jupystra_tui.ownership import check_peer
from jupystra_tui.ssh.copying import close_end, copy
from jupystra_tui.ssh.ssh_link import End, LinkChannel


class ChannelForwarder:
    """A 0600 unix socket for exactly one connection, copied to and from a channel; made by `listen`.

    It uses threads, as paramiko does. `received` and `sent` count bytes; `failure` is why the channel could not be
    opened.
    """

    def __init__(
        self,
        path: Path,
        listener: socket.socket,
        open_channel: Callable[[], LinkChannel],
        on_close: Callable[[], None],
    ) -> None:
        self.path = path
        self.received = 0
        self.sent = 0
        self.failure: Exception | None = None
        self._listener = listener
        self._open_channel = open_channel
        self._on_close = on_close
        self._lock = threading.Lock()
        self._ends: list[End] = []
        self._closed = False

    @classmethod
    def listen(
        cls, path: Path, open_channel: Callable[[], LinkChannel], on_close: Callable[[], None]
    ) -> Self:
        """Return the forwarder, listening; `on_close` is called from a thread, once, when either end has closed."""
        listener = socket.socket(socket.AF_UNIX)
        try:
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            path.chmod(0o600)
            listener.listen(1)
        except OSError:
            listener.close()
            raise
        forwarder = cls(path, listener, open_channel, on_close)
        threading.Thread(target=forwarder._serve, name="channel forwarder", daemon=True).start()
        return forwarder

    def close(self) -> None:
        """Close both ends and remove the socket. Idempotent."""
        with self._lock:
            first, self._closed = not self._closed, True
            ends, self._ends = self._ends, []
        self.path.unlink(missing_ok=True)
        close_end(self._listener)
        for end in ends:
            close_end(end)
        if first:
            self._on_close()

    def _serve(self) -> None:
        near = self._accept()
        if near is None:
            return
        self.path.unlink(missing_ok=True)
        close_end(self._listener)
        if not self._keep(near):
            return
        try:
            far = self._open_channel()
        except Exception as error:  # paramiko raises many kinds; for each, ssh must see its connection end
            self.failure = error
            self.close()
            return
        if self._keep(far):
            threading.Thread(target=self._send, args=(near, far), name="channel send", daemon=True).start()
            self._receive(near, far)

    def _accept(self) -> socket.socket | None:
        """Return the first connection of a process of our user; None if the forwarder was closed before."""
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return None
            try:
                check_peer(near)
                return near
            except OSError:
                close_end(near)

    def _keep(self, end: End) -> bool:
        """Keep an end to close it later; close it now and return False if the forwarder is closed."""
        with self._lock:
            if not self._closed:
                self._ends.append(end)
                return True
        close_end(end)
        return False

    def _send(self, near: socket.socket, far: LinkChannel) -> None:
        def count(size: int) -> None:
            self.sent += size

        copy(near, far, count)
        self.close()

    def _receive(self, near: socket.socket, far: LinkChannel) -> None:
        def count(size: int) -> None:
            self.received += size

        copy(far, near, count)
        self.close()
