"""Copies bytes between two connected ends: sockets of this laptop and channels of an ssh connection."""

import socket
from collections.abc import Callable

from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.ssh_link import End

CHUNK = 1 << 18


def copy(source: End, target: End, count: Callable[[int], None]) -> bool:
    """Copy until `source` ends, and `count` the bytes of each piece; return False if either end failed. Blocking."""
    try:
        while piece := source.recv(CHUNK):
            target.sendall(piece)
            count(len(piece))
    except OSError:
        return False
    return True


def close_end(end: End) -> None:
    """Close an end and wake every thread that waits for it. Idempotent."""
    try:
        end.shutdown(
            socket.SHUT_RDWR
        )  # wakes a thread that blocks in accept or recv, which close alone does not
    except (OSError, EOFError):
        pass
    try:
        end.close()
    except (SSHException, OSError, EOFError):
        pass  # the connection ended first


def end_writing(end: End) -> None:
    """Signal to the server that nothing more is sent; raises OSError."""
    if isinstance(end, socket.socket):
        end.shutdown(socket.SHUT_WR)
    else:
        end.shutdown_write()
