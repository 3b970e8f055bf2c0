"""A port of the laptop that is held: it carries, or it says that it does not."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from jupystra_tui.ssh import local_port
from jupystra_tui.ssh.local_port import LocalPort
from jupystra_tui.ssh.route import PortTaken, bind_free_port, bind_port
from jupystra_tui.ssh.ssh_link import End

from ..answering import answering_at
from ..ordering import free_port

SECRET = "s3cret-token"


@pytest.fixture
def port() -> Iterator[LocalPort]:
    held = LocalPort.bind(free_port())
    yield held
    held.close()


@pytest.fixture
def echo() -> Iterator[Callable[[], End]]:
    """A server that says back what it hears; what opens a connection to it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(near,), daemon=True).start()

    def answer(near: socket.socket) -> None:
        with near:
            while piece := near.recv(65536):
                near.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    yield lambda: socket.create_connection(listener.getsockname())
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def ask(number: int, path: str = "/") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    connection.request("GET", path, headers={"Cookie": SECRET})
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read().decode()


def exchange(number: int, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", number), timeout=5) as line:
        line.sendall(words)
        line.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := line.recv(65536):
            heard += piece
        return heard


def flood(line: socket.socket, until: float) -> None:
    while time.monotonic() < until:
        line.sendall(b"x" * 65536)


def test_it_listens_at_127_0_0_1_and_nowhere_else(port: LocalPort) -> None:
    assert answering_at(port.number) == {"127.0.0.1"}


def test_without_a_connection_a_browser_hears_that_it_reconnects_and_nothing_of_its_own(
    port: LocalPort,
) -> None:
    status, headers, page = ask(port.number, f"/lab?token={SECRET}")
    assert status == 503
    assert int(headers["Retry-After"]) <= 5
    assert headers["Cache-Control"] == "no-store"
    assert "Reconnecting" in page
    assert SECRET not in f"{headers}{page}"


def test_it_carries_both_ways_and_counts(port: LocalPort, echo: Callable[[], End]) -> None:
    port.forward(echo)
    words = b"x" * 3_000_000
    heard: list[bytes] = []
    line = socket.create_connection(("127.0.0.1", port.number), timeout=5)
    with line:

        def send() -> None:
            line.sendall(words)
            line.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        while piece := line.recv(65536):
            heard.append(piece)
        sender.join()
    assert b"".join(heard) == words
    assert (port.sent, port.received) == (len(words), len(words))


def test_holding_ends_what_is_carried_and_the_port_is_never_free(
    port: LocalPort, echo: Callable[[], End]
) -> None:
    port.forward(echo)
    with socket.create_connection(("127.0.0.1", port.number), timeout=5) as line:
        line.sendall(b"hello")
        assert line.recv(5) == b"hello"
        port.disconnect()
        assert line.recv(1) == b""
    with pytest.raises(PortTaken):
        bind_port(port.number)
    assert ask(port.number)[0] == 503
    port.forward(echo)
    assert exchange(port.number, b"again") == b"again"


def test_a_connection_that_cannot_be_opened_is_answered_too(port: LocalPort) -> None:
    def fail() -> End:
        raise ConnectionError("ssh has just ended")

    port.forward(fail)
    assert ask(port.number)[0] == 503


def test_a_request_without_end_is_cut_off(port: LocalPort) -> None:
    with socket.create_connection(("127.0.0.1", port.number), timeout=5) as line:
        began = time.monotonic()
        with pytest.raises((ConnectionError, BrokenPipeError)):
            flood(line, began + 10)
        assert time.monotonic() - began < 10


def test_somebody_who_says_nothing_is_let_go(port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_port, "REQUEST_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", port.number), timeout=5) as line:
        assert line.recv(1) == b""


def test_many_who_wait_at_once_do_not_each_get_a_thread_for_long(
    port: LocalPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_port, "WAITING_LIMIT", 2)
    lines = [socket.create_connection(("127.0.0.1", port.number), timeout=5) for _ in range(6)]
    lines[-1].settimeout(1.0)  # well before the time limit of those that may wait
    assert lines[-1].recv(1) == b""
    for line in lines:
        line.close()


def test_closing_frees_the_port_and_leaves_no_thread(echo: Callable[[], End]) -> None:
    before = set(threading.enumerate())
    held = LocalPort.bind(free_port())
    held.forward(echo)
    line = socket.create_connection(("127.0.0.1", held.number), timeout=5)
    line.sendall(b"x")
    assert line.recv(1) == b"x"
    held.close()
    held.close()
    assert line.recv(1) == b""
    line.close()
    bind_port(held.number).close()
    ours = {thread for thread in threading.enumerate() if thread.name in ("local port", "connection", "send")}
    for thread in ours - before:
        thread.join(5)
        assert not thread.is_alive()


def test_the_next_free_port_is_taken_for_a_tunnel_that_has_none_yet(port: LocalPort) -> None:
    with pytest.raises(PortTaken, match=f"Port {port.number} on this laptop is in use"):
        bind_port(port.number)
    other = bind_free_port(range(port.number, port.number + 20))
    assert port.number < other.number < port.number + 20
    other.close()
