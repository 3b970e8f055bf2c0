"""The batch script of an app that is not Jupyter, run as a compute node runs it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupystra_tui.apps.api import Ask, Fault, ServerError, check
from jupystra_tui.apps.discovery import DiscoveredServer, discovery_script, parse_servers
from jupystra_tui.apps.web_app import App, read_app
from jupystra_tui.model import JobRequest
from jupystra_tui.text import Secret

from .. import own_app
from .conftest import LoginNode
from .jobs import BatchJob, script_of

REQUEST = JobRequest(server="hello", setup=(f"export PATH='{Path(sys.executable).parent}':$PATH",))
ECHO = r"""
title = "Echo"
command = ["show", "{port}", "--at={folder}/x", "it's $HOME", "{{port}}", "", "{base_path}", "@PATH"]
base_path = "/a/b/"
unset = ["UNWANTED"]
environment = { PLACE = "{job_folder}/x", FILE = "{token_file}", PLAIN = "$(id) {port}" }
token = { query = "key" }
"""


@contextmanager
def running(node: LoginNode, request: JobRequest = REQUEST) -> Iterator[tuple[BatchJob, DiscoveredServer]]:
    job = BatchJob(node, request, app=read_app("hello", own_app.text(), "hello.toml"))
    try:
        end = time.monotonic() + 60
        while not (found := parse_servers(node.run(discovery_script("mark"))[0], "mark")):
            assert job.process.poll() is None, job.log
            assert time.monotonic() < end, job.log
            time.sleep(0.1)
        yield job, found[0]
    finally:
        job.stop()


def fault(found: DiscoveredServer, token: Secret) -> Fault:
    with pytest.raises(ServerError) as caught:
        check(Ask(found.server.port, token, 10, found.server.path, found.access))
    return caught.value.fault


def test_it_serves_and_its_server_file_says_where_without_the_token(node: LoginNode) -> None:
    with running(node) as (job, found):
        server = found.server
        assert (server.app, server.job, server.node, server.path) == ("hello", "4711", "c1", "/")
        assert found.token.reveal() == job.told("token")
        assert job.told("token") not in job.told("server") + job.log
        for name in ("server", "token"):
            assert (job.folder / name).stat().st_mode & 0o777 == 0o600
        assert (job.folder / "runtime").stat().st_mode & 0o077 == 0
        assert not (job.folder / ".server").exists()
        assert check(Ask(server.port, found.token, 10, server.path, found.access)) is None
        assert fault(found, Secret("wrong")) is Fault.STRANGER


def test_without_a_header_the_token_goes_as_a_parameter(node: LoginNode) -> None:
    with running(node) as (_, found):
        access = found.access.__class__("Hello", query="key")
        assert check(Ask(found.server.port, found.token, 10, "/", access)) is None
        other = found.access.__class__("Hello", query="other")
        assert fault(DiscoveredServer(found.server, found.token, other), found.token) is Fault.STRANGER


def test_an_app_that_does_not_listen_has_no_server_file(node: LoginNode, tmp_path: Path) -> None:
    (node.commands / "show").write_text("#!/bin/sh\nexec sleep 30\n")
    (node.commands / "show").chmod(0o755)
    job = BatchJob(node, JobRequest(), app=read_app("echo", ECHO, "echo.toml"))
    try:
        end = time.monotonic() + 20
        while not (job.folder / "app").exists() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1.5)  # longer than the pause between two looks at the port
        assert (job.told("app"), (job.folder / "server").exists()) == ("echo\n", False)
    finally:
        job.stop()


def test_words_and_variables_reach_the_app_as_they_are_written(node: LoginNode) -> None:
    shown = node.home / "shown"
    (node.commands / "show").write_text(f"#!/bin/sh\n{{ printf '[%s]\\n' \"$@\"; env; }} >'{shown}'\n")
    (node.commands / "show").chmod(0o755)
    node.environment["UNWANTED"] = "x"
    job = BatchJob(node, JobRequest(port=0), app=read_app("echo", ECHO, "echo.toml"))
    assert job.wait() == 0, job.log
    lines = shown.read_text().splitlines()
    words = [line for line in lines if line.startswith("[")]
    port = words[0].strip("[]")
    assert 10000 <= int(port) < 32000
    assert words[1:] == [f"[--at={node.home}/x]", "[it's $HOME]", "[{port}]", "[]", "[/a/b/]", "[@PATH]"]
    assert {f"PLACE={job.folder}/x", f"FILE={job.folder}/token", f"PLAIN=$(id) {port}"} <= set(lines)
    assert not [line for line in lines if line.startswith("UNWANTED")]


def test_no_variable_of_a_scheduler_stands_in_the_package_of_apps() -> None:
    folder = Path(sys.modules[App.__module__].__file__ or "").parent
    for file in folder.iterdir():
        if file.is_file():
            text = file.read_text()
            assert "SLURM_" not in text, file
            assert "SLURMD_" not in text, file
            assert "LSB_" not in text, file


def test_a_program_that_is_nowhere_is_named_with_the_folders_of_its_app(node: LoginNode) -> None:
    app = read_app(
        "echo", 'search = ["~/echo/bin", "/opt/it\'s"]\n' + ECHO.replace('"show"', '"it\'s show"'), "x"
    )
    job = BatchJob(node, JobRequest(), app=app)
    assert job.wait() == 127
    failure = job.told("failure")
    assert failure.startswith("it's show was not found on c1; tried: ")
    assert failure.endswith("in ~/echo/bin, /opt/it's\n")
    assert "export PLAIN='$(id) '\"$port\"" in script_of(JobRequest(), app=app)
