"""What is wanted outlives the worker; the file of it holds no secret and is never in the way."""

import logging
import time
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster, JobRequest
from jupystra_tui.worker.file_writer import FileWriter
from jupystra_tui.worker.wanted_tunnels import KEPT_SECONDS, WantedTunnel, WantedTunnels

CLUSTER = Cluster("hpc", "hpc.example.org", "ada", 2222, "/home/ada/config", poll=60.0)


def kept(file: Path, *tunnels: WantedTunnel, removed: str = "") -> WantedTunnels:
    """Return the wanted tunnels of a file, after some were put into it and one was removed."""
    writer = FileWriter()
    found = WantedTunnels(file, writer)
    found.load()
    for one in tunnels:
        found.put(one)
    if removed:
        found.remove("hpc", removed)
    assert writer.flush(30)
    return WantedTunnels(file, writer)


def wanted(job: str = "42", port: int = 8888, since: float | None = None) -> WantedTunnel:
    return WantedTunnel(CLUSTER, job, "jupyter", port, since=time.time() if since is None else since)


def test_it_outlives_the_worker_until_it_is_wanted_no_more(tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    one, other = wanted(), wanted("43", 8889)
    assert kept(file, one, other).load() == (one, other)
    assert kept(file, removed="42").load() == (other,)


def test_only_its_owner_reads_it_and_no_set_up_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    cluster = Cluster("hpc", "hpc", defaults=JobRequest(setup=("export KEY=s3cret",)))
    kept(file, WantedTunnel(cluster, "42", "jupyter", since=time.time()))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "s3cret" not in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["wanted.json"]


@pytest.mark.parametrize(
    "content", ["", "null", "[1]", '{"tunnels": 3}', "\x00\xff", '{"tunnels": [{"job": 1}]}']
)
def test_a_file_that_cannot_be_read_wants_nothing_and_is_named_in_the_log(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(content)
    with caplog.at_level(logging.WARNING):
        assert kept(file).load() == ()
    assert "wanted.json" in caplog.text


def test_what_another_version_added_or_spoilt_costs_only_that_tunnel(tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    kept(file, wanted())
    good = file.read_text()[len('{"tunnels":[') : -len("]}")]
    newer = good.replace('"job":"42"', '"job":"44","colour":"blue"')
    spoilt = good.replace("8888", "888888")
    file.write_text(f'{{"version": 9, "tunnels": [{spoilt}, {newer}, {good}]}}')
    assert [one.job for one in kept(file).load()] == ["44", "42"]


def test_what_was_wanted_long_ago_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    assert kept(file, wanted(since=time.time() - KEPT_SECONDS - 1)).load() == ()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        kept(tmp_path / "missing" / "wanted.json", wanted())
    assert "will not be opened again" in caplog.text
