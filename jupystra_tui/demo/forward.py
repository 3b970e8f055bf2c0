"""Copies the bytes of a `direct-tcpip` channel to and from a port on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

import paramiko

CHUNK = 1 << 17
CONNECT_SECONDS = 2.0


def connect(port: int) -> socket.socket:
    """A connection to a port on loopback; OSError if nothing listens there."""
    endpoint = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS)
    endpoint.settimeout(None)
    endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return endpoint


def relay(channel: paramiko.Channel, endpoint: socket.socket) -> None:
    """Copy in both directions until both sides end, then close both; returns immediately."""
    threading.Thread(target=_relay, args=(channel, endpoint), name="relay", daemon=True).start()


def _relay(channel: paramiko.Channel, endpoint: socket.socket) -> None:
    def no_more() -> None:
        endpoint.shutdown(socket.SHUT_RDWR if channel.closed else socket.SHUT_WR)

    outward = threading.Thread(target=_copy, args=(channel.recv, endpoint.sendall, no_more), daemon=True)
    with endpoint, channel:
        outward.start()
        _copy(endpoint.recv, channel.sendall, channel.shutdown_write)
        outward.join()


def _copy(
    receive: Callable[[int], bytes], send: Callable[[bytes], object], finish: Callable[[], object]
) -> None:
    with contextlib.suppress(OSError, EOFError):
        while received := receive(CHUNK):
            send(received)
    with contextlib.suppress(OSError, EOFError):
        finish()
