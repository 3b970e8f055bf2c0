"""Carries one OpenSSH connection over the authenticated paramiko connection: unix socket here, `direct-tcpip` there."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

from paramiko import Channel
from paramiko.ssh_exception import SSHException

from jupystra_tui.ownership import check_peer

CHUNK = 1 << 18


class ChannelForwarder:
    """A 0600 unix socket for exactly one connection, copied to and from a channel that `dial` opens.

    Lives in threads, as paramiko does. `received` and `sent` count bytes; `failure` says why the channel could not
    be opened. `on_close` is called from a thread, once, when either end has closed.
    """

    def __init__(self, path: Path, dial: Callable[[], Channel], on_close: Callable[[], None]) -> None:
        self.path = path
        self.received = 0
        self.sent = 0
        self.failure: Exception | None = None
        self._dial = dial
        self._on_close = on_close
        self._lock = threading.Lock()
        self._ends: list[socket.socket | Channel] = []
        self._closed = False
        self._listener = socket.socket(socket.AF_UNIX)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(1)
        threading.Thread(target=self._serve, name="bridge", daemon=True).start()

    def close(self) -> None:
        """Close both ends and remove the socket; again without harm."""
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
        if not self._own(near):
            return
        try:
            far = self._dial()
        except Exception as error:  # whatever paramiko raises, ssh shall see its connection end
            self.failure = error
            self.close()
            return
        if self._own(far):
            threading.Thread(target=self._send, args=(near, far), name="bridge-send", daemon=True).start()
            self._receive(near, far)

    def _accept(self) -> socket.socket | None:
        """Return the first connection of a process of our user; None when the bridge was closed before."""
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

    def _own(self, end: "socket.socket | Channel") -> bool:
        with self._lock:
            if not self._closed:
                self._ends.append(end)
                return True
        close_end(end)
        return False

    def _send(self, near: socket.socket, far: Channel) -> None:
        try:
            while piece := near.recv(CHUNK):
                far.sendall(piece)
                self.sent += len(piece)
        except OSError:
            pass
        self.close()

    def _receive(self, near: socket.socket, far: Channel) -> None:
        try:
            while piece := far.recv(CHUNK):
                near.sendall(piece)
                self.received += len(piece)
        except OSError:
            pass
        self.close()


def close_end(end: "socket.socket | Channel") -> None:
    """Close an end and wake whoever waits for it; again without harm."""
    try:
        end.shutdown(
            socket.SHUT_RDWR
        )  # wakes a thread that blocks in accept or recv, which close alone does not
    except (OSError, EOFError):
        pass
    try:
        end.close()
    except (SSHException, OSError, EOFError):
        pass  # the connection went first
