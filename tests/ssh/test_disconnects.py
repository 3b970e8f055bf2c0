"""While the user thinks, somebody must notice that the server has gone, and not believe it too early."""

import socket
from collections.abc import Iterator

import paramiko
import pytest

from jupystra_tui.ssh.login_socket import LoginSocket
from jupystra_tui.ssh.open_connection import is_closed


class Active(paramiko.Transport):
    """A transport that has noticed nothing."""

    def __init__(self) -> None:
        pass

    def is_active(self) -> bool:
        return True


class Shared(socket.socket):
    """A socket whose bytes another thread takes before they are looked at."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        super().recv(size)
        return super().recv(size, flags)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.settimeout(0.1)
    with near, far:
        yield near, far


def test_a_line_is_there_whether_silent_or_not_until_it_is_closed(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    near, far = ends
    assert not is_closed(Active(), LoginSocket(near))
    far.send(b"news")
    assert not is_closed(Active(), LoginSocket(near))
    near.recv(9)
    far.close()
    assert is_closed(Active(), LoginSocket(near))


def test_what_the_transport_reads_meanwhile_is_no_end(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    far.send(b"x")
    with Shared(fileno=near.detach()) as shared:
        shared.settimeout(0.1)
        assert not is_closed(Active(), LoginSocket(shared))
