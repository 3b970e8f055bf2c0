"""A connection that ends before the login: what the other side said, and no advice that makes it worse."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh import host_key_check
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin, LoginThrottled
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.host_probe import probe_host
from jupystra_tui.ssh.open_connection import open_connection
from jupystra_tui.ssh.resolve import Endpoint, resolve
from jupystra_tui.ssh.unsupported import NoCommonMethod
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

from ..worker.own_sshd import OwnSshd

IDENTIFICATION = b"SSH-2.0-OpenSSH_9.9\r\n"


@contextmanager
def answering(says: bytes, reset: bool = False, stay: bool = False) -> Iterator[int]:
    """A server that says something to each connection and closes it, or stays; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    line.recv(1)
                    line.sendall(says)
                    if reset:
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    elif not stay:
                        line.shutdown(socket.SHUT_WR)
                    while not reset and line.recv(4096):
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


async def nobody(prompt: Prompt) -> Secret:
    raise AssertionError(prompt)


async def refused(endpoint: Endpoint, folder: Path) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await open_connection(endpoint, nobody, lambda step: None, set(), Vault(), Folders(folder, folder))
    return caught.value


SAID = {
    b"": "",
    b"Not allowed at this time\r\n": "Not allowed at this time",
    b"Exceeded MaxStartups\r\n": "Exceeded MaxStartups",
    b"***\r\n* Node is full: use login2 *\r\n***\r\n": "Node is full: use login2",
    b"\x1b[31mGo away\x1b[0m\r\n": "Go away",
    IDENTIFICATION: "",
    b"Busy: wait\r\n" + IDENTIFICATION: "Busy: wait",
}


@pytest.mark.parametrize("says", SAID, ids=lambda says: ascii(says[:24]))
async def test_a_connection_that_is_closed_at_once_is_told_in_the_server_s_words(
    laptop: Path, says: bytes
) -> None:
    words = SAID[says]
    with answering(says) as port:
        error = await refused(Endpoint("hpc", "127.0.0.1", port, "ada", "hpc"), laptop)
    title = "127.0.0.1 closed the connection before the login"
    assert error.title == (f"{title}: {words}" if words else title)
    assert type(error) is (LoginThrottled if words else ClosedBeforeLogin)
    assert "more attempts may prolong it" in error.hint


async def test_a_connection_that_is_reset_is_one_that_was_closed(laptop: Path) -> None:
    with answering(b"", reset=True) as port:
        error = await refused(Endpoint("hpc", "127.0.0.1", port, "ada", "hpc"), laptop)
    assert type(error) is ClosedBeforeLogin


async def test_a_server_that_breaks_the_protocol_is_told_from_one_that_closes_the_connection(
    laptop: Path,
) -> None:
    packet = (12).to_bytes(4, "big") + b"\x04\x63" + bytes(10)
    with answering(IDENTIFICATION + packet, stay=True) as port:
        error = await refused(Endpoint("hpc", "127.0.0.1", port, "ada", "hpc"), laptop)
    assert error.title.startswith("The ssh handshake with 127.0.0.1 failed: ")


async def test_a_server_that_says_nothing_more_is_told_from_one_that_closes_the_connection(
    laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_key_check, "HANDSHAKE_SECONDS", 0.3)
    with answering(IDENTIFICATION, stay=True) as port:
        error = await refused(Endpoint("hpc", "127.0.0.1", port, "ada", "hpc"), laptop)
    assert error.title == "127.0.0.1 did not answer as an ssh server in time"


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", b"220 mail.example.org ESMTP\r\n"]
)
async def test_another_kind_of_server_is_named(laptop: Path, says: bytes) -> None:
    with answering(says) as port:
        error = await refused(Endpoint("hpc", "127.0.0.1", port, "ada", "hpc"), laptop)
    assert error.title == f"127.0.0.1 does not answer as an ssh server: {says.decode().splitlines()[0]}"


@pytest.fixture
def sshd(tmp_path: Path) -> Callable[[str], OwnSshd]:
    """Make a real server of our own, with further lines of its configuration."""

    def make(lines: str) -> OwnSshd:
        server = OwnSshd(tmp_path)
        with (tmp_path / "sshd_config").open("a") as config:
            config.write(lines)
        return server

    return make


METHODS = {
    "Ciphers chacha20-poly1305@openssh.com": ("cipher", "chacha20-poly1305@openssh.com"),
    "KexAlgorithms sntrup761x25519-sha512@openssh.com": (
        "key exchange",
        "sntrup761x25519-sha512@openssh.com",
    ),
    "MACs umac-128-etm@openssh.com\nCiphers aes128-ctr": ("MAC", "umac-128-etm@openssh.com"),
}


@pytest.mark.parametrize("lines", METHODS)
async def test_without_a_common_method_both_lists_are_shown(
    sshd: Callable[[str], OwnSshd], laptop: Path, lines: str
) -> None:
    kind, offered = METHODS[lines]
    server = sshd(lines + "\n")
    with server.running():
        endpoint = await resolve(replace(server.cluster, transport="paramiko"))
        error = await refused(endpoint, laptop)
        with pytest.raises(NoCommonMethod):
            await probe_host(endpoint)
    assert isinstance(error, NoCommonMethod)
    assert error.title == f"127.0.0.1 and this program have no {kind} in common"
    theirs, ours = error.detail.splitlines()
    assert offered in theirs
    assert offered not in ours
    assert "aes128-ctr" in ours or kind != "cipher"


@contextmanager
def taking_the_last_place(endpoint: Endpoint) -> Iterator[None]:
    """Hold a connection that the server has accepted."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.create_connection((endpoint.host, endpoint.port)) as other:
            if other.recv(64).startswith(b"SSH-2.0-"):
                yield
                return
    raise AssertionError("the server accepts no connection")


async def test_a_server_that_is_full_is_told_in_its_words(
    sshd: Callable[[str], OwnSshd], laptop: Path
) -> None:
    server = sshd("MaxStartups 1:100:1\nLoginGraceTime 60\n")
    with server.running():
        endpoint = await resolve(server.cluster)
        with taking_the_last_place(endpoint):
            error = await refused(endpoint, laptop)
    assert isinstance(error, LoginThrottled)
    assert error.title == "127.0.0.1 closed the connection before the login: Exceeded MaxStartups"
