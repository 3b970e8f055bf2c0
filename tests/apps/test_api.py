"""A real JupyterLab, started by the batch script, and what may answer in its place."""

import http.server
import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from jupystra_tui.apps.api import Ask, Fault, ServerError, ServerStatus, check
from jupystra_tui.apps.discovery import DiscoveredServer, one_folder_script, parse_servers
from jupystra_tui.errors import TunnelError
from jupystra_tui.model import JobRequest
from jupystra_tui.model.address import page_url
from jupystra_tui.text import Secret
from tests.apps.conftest import LoginNode
from tests.apps.jobs import TAG, BatchJob

PROGRAMS = Path(sys.executable).parent
REQUEST = JobRequest(setup=(f"export PATH='{PROGRAMS}':$PATH",))
TOKEN = Secret("t0ken")
# A configuration that turns the token off, and that sets a password, a unix socket, TLS and an open address.
CONFIGURATION = """
c.ServerApp.allow_root = True
c.ServerApp.token = ""
c.ServerApp.password = "sha1:3f0d3b6bb4a6:9e5d0b0e7dfd3c2f6b7ac0b1a2b5c9e8d7f6a5b4"
c.ServerApp.sock = "/tmp/nowhere.sock"
c.ServerApp.certfile = c.ServerApp.keyfile = "/nowhere.pem"
c.ServerApp.ip = "0.0.0.0"
"""


def status(port: int, token: Secret, timeout: float, path: str = "/") -> ServerStatus:
    found = check(Ask(port, token, timeout, path))
    assert found
    return found


class Lab:
    """A running JupyterLab as a launch finds it."""

    def __init__(self, node: LoginNode, request: JobRequest = REQUEST) -> None:
        self.node = node
        (node.home / ".jupyter").mkdir()
        (node.home / ".jupyter" / "jupyter_server_config.py").write_text(CONFIGURATION)
        self.job = BatchJob(node, request)
        self.found = self._wait_for_it()
        self.port = self.found.server.port

    def _wait_for_it(self) -> DiscoveredServer:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = parse_servers(self.node.run(one_folder_script(TAG, "mark"))[0], "mark")
            if found:
                return found[0]
            assert self.job.process.poll() is None, self.job.log
            time.sleep(0.1)
        raise AssertionError(self.job.log)

    def answer(self) -> None:
        """Wait until it answers: the runtime file comes a little before."""
        end = time.monotonic() + 30
        while True:
            try:
                status(self.port, self.found.token, 5)
                return
            except ServerError as error:
                if error.fault is not Fault.REFUSED or time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def post(self, path: str) -> dict[str, object]:
        """Post to its API with the token."""
        headers = {"Authorization": f"token {self.found.token.reveal()}"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", method="POST", headers=headers, data=b"{}"
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            answer: dict[str, object] = json.load(response)
        return answer


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    node = LoginNode(tmp_path_factory.mktemp("node"), "sh")
    running = Lab(node)
    try:
        running.answer()
        yield running
    finally:
        running.job.stop()


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


def fault(port: int, token: Secret = TOKEN, timeout: float = 5) -> ServerError:
    with pytest.raises(ServerError) as caught:
        status(port, token, timeout)
    assert str(port) in caught.value.title
    assert caught.value.hint
    assert token.reveal() not in repr(caught.value) + caught.value.detail
    return caught.value


def test_the_server_is_found_where_its_runtime_file_says(lab: Lab) -> None:
    server = lab.found.server
    assert (server.job, server.tag, server.node, server.path) == ("4711", TAG, "c1", "/")
    assert server.root == str(lab.node.home)
    assert lab.found.token.reveal() == lab.job.told("token")
    assert (lab.found.password, lab.found.tls) == (True, False)


def test_it_tells_how_it_does(lab: Lab) -> None:
    before = status(lab.port, lab.found.token, 10)
    assert (before.kernels, before.busy) == (0, 0)
    assert abs(before.last_activity - time.time()) < 120


def test_asking_is_no_activity(lab: Lab) -> None:
    activity = status(lab.port, lab.found.token, 10).last_activity
    assert status(lab.port, lab.found.token, 10).last_activity == activity


def test_kernels_are_counted(lab: Lab) -> None:
    lab.post("api/kernels")
    assert status(lab.port, lab.found.token, 10).kernels == 1


def test_the_page_opens_with_the_token_and_not_without(lab: Lab) -> None:
    url = page_url(lab.port, lab.found.token).reveal()
    with urllib.request.urlopen(url, timeout=20) as page:
        assert b"JupyterLab" in page.read()
    assert fault(lab.port, Secret("wrong")).fault is Fault.STRANGER


def test_no_token_in_log_command_line_or_readable_file(lab: Lab) -> None:
    token = lab.found.token.reveal()
    assert token not in lab.job.log
    command_line = Path(f"/proc/{lab.job.process.pid}/cmdline")
    if command_line.exists():
        assert token not in command_line.read_text()
    for path in (lab.job.folder / "token", *lab.job.folder.glob("runtime/*.json")):
        assert path.stat().st_mode & 0o077 == 0


def test_a_wanted_port_that_is_taken_ends_the_job_and_the_log_names_it(lab: Lab, tmp_path: Path) -> None:
    other = LoginNode(tmp_path, "sh")
    job = BatchJob(other, JobRequest(setup=REQUEST.setup, port=lab.port))
    assert job.wait(60) == 1
    assert f"port {lab.port} of c1 is taken" in job.log


def test_an_ended_server_leaves_no_runtime_file_and_nothing_listening(tmp_path: Path) -> None:
    ended = Lab(LoginNode(tmp_path, "sh"))
    ended.answer()
    ended.job.stop()
    assert list((ended.job.folder / "runtime").glob("*.json")) == []
    assert fault(ended.port).fault is Fault.REFUSED


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


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "http://127.0.0.1:8888/?token=a%2Fb%20c"),
        ("/user/alice/", "http://127.0.0.1:8888/user/alice/?token=a%2Fb%20c"),
    ],
)
def test_addresses(path: str, url: str) -> None:
    address = page_url(8888, Secret("a/b c"), path)
    assert address.reveal() == url
    assert "a%2Fb" not in repr(address)


@pytest.mark.parametrize("token", ["a&b=c", "a#b", "a?b", "a+b", "a%2Fb", 'a"b', "a@b", "a\\b", "a b", "ä"])
def test_a_token_is_one_value_of_the_address_whatever_it_holds(token: str) -> None:
    parts = urlsplit(page_url(8888, Secret(token), "/user/ada/").reveal())
    assert (parts.netloc, parts.path, parts.fragment) == ("127.0.0.1:8888", "/user/ada/", "")
    assert parse_qs(parts.query, strict_parsing=True) == {"token": [token]}


def test_a_server_without_a_token_has_a_plain_address() -> None:
    assert page_url(8888, Secret("")).reveal() == "http://127.0.0.1:8888/"
