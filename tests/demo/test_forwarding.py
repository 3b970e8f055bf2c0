"""Where one gets to through the practice cluster, and where not."""

import http.server
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator

import pytest

from tests.demo.client import SECONDS, Client, forward

PAGE = b"x" * 3_000_000


@pytest.fixture
def web_port() -> Iterator[int]:
    """A port of loopback where a web page is served."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_tunnel_to_a_node_rides_on_the_login_connection(client: Client, web_port: int) -> None:
    local = _free_port()
    with client.riding("p1", "-o", "StrictHostKeyChecking=yes") as control:
        assert forward(control, local, web_port) == 0
        with urllib.request.urlopen(f"http://127.0.0.1:{local}/", timeout=SECONDS) as page:
            assert page.read() == PAGE


def test_a_quiet_connection_answers_keepalives(client: Client) -> None:
    argv = [*client.ssh, "-q", "-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=1"]
    done = subprocess.run([*argv, client.alias, "sleep 3"], timeout=SECONDS)
    assert done.returncode == 0


def test_a_node_says_its_own_name(client: Client) -> None:
    with client.riding("p2") as control:
        argv = ["ssh", "-F", "/dev/null", "-S", str(control), "x", "hostname"]
        assert subprocess.run(argv, capture_output=True, timeout=SECONDS).stdout == b"p2\n"


def test_a_port_without_a_listener_is_refused(client: Client) -> None:
    local = _free_port()
    with client.riding("p1") as control:
        assert forward(control, local, _free_port()) == 0
        with socket.create_connection(("127.0.0.1", local), timeout=SECONDS) as refused:
            assert _ended(refused)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("127.0.0.1:22", "administratively prohibited"),
        ("example.org:22", "administratively prohibited"),
        ("p1:8888", "connect failed"),
    ],
)
def test_the_login_node_forwards_to_nodes_and_nowhere_else(client: Client, target: str, why: str) -> None:
    argv = [*client.ssh, "-W", target, client.alias]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 255
    assert why in done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
