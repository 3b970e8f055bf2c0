"""A job's tunnel gets its old local port again; the file that remembers it is never in the way."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.worker.file_writer import FileWriter
from jupystra_tui.worker.state_files import KEPT, LocalPorts, RecentClusters


class Kept:
    """The ports file, and a writer; `ports` reads the file once all is written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.writer = FileWriter()

    def ports(self) -> LocalPorts:
        assert self.writer.flush(30)
        return LocalPorts(self.file, self.writer)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "ports.json")
    yield kept
    assert kept.writer.flush(30)


def test_ports_outlive_the_worker(kept: Kept) -> None:
    kept.ports().put("hpc", "42", 8890)
    assert kept.ports().get("hpc", "42") == 8890
    assert kept.ports().get("hpc", "43") == 0


@pytest.mark.parametrize("content", ["", "null", "[1]", '{"a": "b"}', "\x00\xff"])
def test_a_spoilt_file_is_an_empty_one(kept: Kept, content: str) -> None:
    kept.file.write_text(content)
    ports = kept.ports()
    assert ports.get("hpc", "42") == 0
    ports.put("hpc", "42", 8888)
    assert kept.ports().get("hpc", "42") == 8888


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "missing" / "ports.json")
    ports = kept.ports()
    ports.put("hpc", "42", 8888)
    assert kept.writer.flush(30)
    assert ports.get("hpc", "42") == 8888
    assert kept.ports().get("hpc", "42") == 0


def test_only_the_latest_are_kept(kept: Kept) -> None:
    ports = kept.ports()
    for job in range(KEPT + 20):
        ports.put("hpc", str(job), 9000)
    again = kept.ports()
    assert again.get("hpc", "0") == 0
    assert again.get("hpc", str(KEPT + 19)) == 9000
    assert sum(again.get("hpc", str(job)) == 9000 for job in range(KEPT + 20)) == KEPT


def test_a_port_that_stays_the_same_drops_no_other(kept: Kept) -> None:
    ports = kept.ports()
    for job in range(KEPT):
        ports.put("hpc", str(job), 9000)
    for _ in range(3):
        ports.put("hpc", "7", 9000)
    assert kept.ports().get("hpc", "0") == 9000


def test_what_is_kept_is_its_owner_s_alone(kept: Kept) -> None:
    recent = kept.file.with_name("recent.json")
    old = os.umask(0)
    try:
        kept.ports().put("hpc", "42", 8888)
        RecentClusters(recent, kept.writer).seen(Cluster("hpc", "hpc"))
        RecentClusters(recent, kept.writer).started("hpc", "42")
        assert kept.writer.flush(30)
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.file.parent.iterdir()}
    assert modes == {"ports.json": 0o600, "recent.json": 0o600}
