"""A real JupyterLab, started by the batch script, and what it answers."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.apps.api import Fault, ServerError
from jupystra_tui.apps.discovery import DiscoveredServer, one_folder_script, parse_servers
from jupystra_tui.model import JobRequest
from jupystra_tui.model.address import page_url
from jupystra_tui.text import Secret
from tests.apps.asking import fault, status
from tests.apps.conftest import LoginNode
from tests.apps.jobs import TAG, BatchJob

PROGRAMS = Path(sys.executable).parent
REQUEST = JobRequest(setup=(f"export PATH='{PROGRAMS}':$PATH",))
# A configuration that turns the token off, and that sets a password, a unix socket, TLS and an open address.
CONFIGURATION = """
c.ServerApp.allow_root = True
c.ServerApp.token = ""
c.ServerApp.password = "sha1:3f0d3b6bb4a6:9e5d0b0e7dfd3c2f6b7ac0b1a2b5c9e8d7f6a5b4"
c.ServerApp.sock = "/tmp/nowhere.sock"
c.ServerApp.certfile = c.ServerApp.keyfile = "/nowhere.pem"
c.ServerApp.ip = "0.0.0.0"
"""


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
