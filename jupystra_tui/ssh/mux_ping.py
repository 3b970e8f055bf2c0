"""Pings over an OpenSSH master, whose control socket has no request for that: a session that returns what it gets."""

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.ssh.ssh_link import LinkChannel

KEPT = 4096


class PingSession:
    """A session that echoes, opened by `open_session` at the first ping and again after it has ended; for threads.

    Where the login node allows no session for it, the refusal is the answer.
    """

    def __init__(self, open_session: Callable[[], LinkChannel]) -> None:
        self._open_session = open_session
        self._lock = threading.Lock()
        self._channel: LinkChannel | None = None
        self._waiting: dict[bytes, threading.Event] = {}

    def ping(self) -> None:
        """Return once the login node has answered; blocking. Raises SSHException, EOFError, OSError."""
        mark, answered = secrets.token_hex(8).encode(), threading.Event()
        try:
            with self._lock:
                channel = self._channel or self._open()
                self._waiting[mark] = answered
        except ChannelException:
            return
        try:
            channel.sendall(mark + b"\n")
            answered.wait()
        finally:
            with self._lock:
                self._waiting.pop(mark, None)

    def release(self) -> bool:
        """Close the session, for another one; returns whether it was open."""
        with self._lock:
            channel, self._channel = self._channel, None
        if channel:
            channel.close()
        return channel is not None

    def close(self) -> None:
        """Close the session. Idempotent."""
        self.release()

    def _open(self) -> LinkChannel:
        channel = self._channel = self._open_session()
        threading.Thread(target=self._read, args=(channel,), name="ping", daemon=True).start()
        return channel

    def _read(self, channel: LinkChannel) -> None:
        """Mark the pings as answered that the session returned; its end answers all of them."""
        received = b""
        with suppress(OSError, SSHException):
            while piece := channel.recv(KEPT):
                received = (received + piece)[-KEPT:]
                self._settle(received)
        with self._lock:
            if self._channel is channel:
                self._channel = None
        channel.close()
        self._settle(None)

    def _settle(self, received: bytes | None) -> None:
        with self._lock:
            for mark, answered in self._waiting.items():
                if received is None or mark in received:
                    answered.set()
