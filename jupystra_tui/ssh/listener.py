"""A port of this laptop whose connections are carried over the authenticated one, each on a channel of its own."""

import socket
import threading
from collections.abc import Callable

from paramiko import Channel

from jupystra_tui.ssh.bridge import CHUNK, shut

QUEUE = 64


class Listener:
    """Listens at 127.0.0.1:`port` until closed; raises OSError where that is not free. `dial` opens a channel.

    Lives in threads, as paramiko does. `received` and `sent` count bytes; `failure` says why the last channel that
    could not be opened was not.
    """

    def __init__(self, port: int, dial: Callable[[], Channel]) -> None:
        self.received = 0
        self.sent = 0
        self.failure: Exception | None = None
        self._dial = dial
        self._lock = threading.Lock()
        self._ends: set[socket.socket | Channel] = set()
        self._closed = False
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port))
            self._listener.listen(QUEUE)
        except OSError:
            self._listener.close()
            raise
        threading.Thread(target=self._serve, name="listener", daemon=True).start()

    def close(self) -> None:
        """Listen no more and end what is under way; again without harm."""
        with self._lock:
            self._closed = True
            ends, self._ends = self._ends, set()
        shut(self._listener)
        for end in ends:
            shut(end)

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), name="carry", daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        far: Channel | None = None
        try:
            if self._own(near):
                far = self._dial()
                if self._own(far):
                    threading.Thread(target=self._send, args=(near, far), name="send", daemon=True).start()
                    self._receive(near, far)
        except Exception as error:  # whatever paramiko raises, the browser shall see its connection end
            self.failure = error
        finally:
            self._drop(near, far)

    def _send(self, near: socket.socket, far: Channel) -> None:
        try:
            while piece := near.recv(CHUNK):
                far.sendall(piece)
                self._count(sent=len(piece))
            far.shutdown_write()  # the answer may still be on its way
        except OSError:
            shut(far)

    def _receive(self, near: socket.socket, far: Channel) -> None:
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

    def _own(self, end: "socket.socket | Channel") -> bool:
        with self._lock:
            if not self._closed:
                self._ends.add(end)
                return True
        shut(end)
        return False

    def _drop(self, *ends: "socket.socket | Channel | None") -> None:
        for end in ends:
            if end:
                with self._lock:
                    self._ends.discard(end)
                shut(end)
