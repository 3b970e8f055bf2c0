"""What may answer in the place of an app's server: each is told from it, and none gets the token in vain."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jupystra_tui.apps.api import Fault
from jupystra_tui.errors import TunnelError
from jupystra_tui.text import Secret
from tests.apps.asking import fault, status


@contextmanager
def answering(status_code: int, body: bytes = b"", **headers: str) -> Iterator[int]:
    """Yield the port of something that answers every request alike."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status_code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def saying(words: bytes) -> Iterator[int]:
    """Yield the port of something that says its words to the first caller and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(words)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_somebody_elses_jupyter_is_told_from_ours() -> None:
    with answering(403, b'{"message": "Forbidden"}') as port:
        error = fault(port)
    assert error.fault is Fault.STRANGER
    assert "belongs to another job or user" in error.title
    with answering(302, Location="/hub/login?next=x") as port:
        assert fault(port).fault is Fault.STRANGER


@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b"[]", b"{}", b'{"started": 1, "last_activity": 2}', b"\xff", b""]
)
def test_other_web_servers_are_not_jupyter(body: bytes) -> None:
    with answering(200, body) as port:
        assert fault(port).fault is Fault.OTHER
    with answering(404, body) as port:
        assert fault(port).fault is Fault.OTHER


@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x1b]0;boo\x07\n", b"HTTP/1.1 99999 x\r\n\r\n"]
)
def test_what_speaks_no_http_is_not_jupyter(words: bytes) -> None:
    with saying(words) as port:
        error = fault(port)
    assert error.fault is Fault.OTHER
    assert error.detail.isprintable()


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_a_connection_that_breaks_off_is_said(words: bytes) -> None:
    with saying(words) as port:
        assert fault(port).fault is Fault.BROKEN


def test_an_error_inside_jupyter_is_said() -> None:
    with answering(500, b"{}") as port:
        assert fault(port).fault is Fault.BROKEN


def test_silence_ends_with_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        assert fault(server.getsockname()[1], timeout=0.2).fault is Fault.SILENT
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "drop",
    [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: y\r\n", b"H"],
    ids=["news", "headers", "bytes"],
)
def test_an_answer_in_drops_without_end_ends_with_the_time_limit(drop: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            caller, _ = server.accept()
            try:
                while True:
                    caller.sendall(drop)
                    time.sleep(0.05)
            except OSError:
                caller.close()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        found = fault(server.getsockname()[1], timeout=0.5).fault
        assert found in (Fault.SILENT, Fault.OTHER)
        assert time.monotonic() - began < 20
        thread.join(20)
        assert not thread.is_alive()


def test_a_body_without_end_is_not_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        sent = []

        def pour() -> None:
            caller, _ = server.accept()
            try:
                caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    sent.append(caller.send(b"[" * 65536))
            except OSError:
                caller.close()

        thread = threading.Thread(target=pour, daemon=True)
        thread.start()
        assert fault(server.getsockname()[1], timeout=30).fault is Fault.OTHER
        thread.join(20)
        assert sum(sent) < 64 * 1024 * 1024


@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/x", "http://evil.example/x", "//127.0.0.1:{port}/x"])
def test_a_redirect_is_not_followed_and_gets_no_token(to: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        port = elsewhere.getsockname()[1]
        with answering(302, location=to.format(port=port)) as ours:
            assert fault(ours).fault is Fault.OTHER
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


@pytest.mark.parametrize("path", ["", "@evil.example/", "//evil.example/", "/x\r\nHost: evil.example\r\n/"])
def test_a_path_that_is_refused_is_asked_nothing(path: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TunnelError, match="base path"):
        status(server.getsockname()[1], Secret("s3cret"), 5, path)


def test_a_token_that_is_no_header_is_not_told() -> None:
    with answering(200) as port:
        assert fault(port, Secret("to\nken")).fault is Fault.OTHER
