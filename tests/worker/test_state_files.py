"""A job's tunnel gets its old local port again; the file that remembers it is never in the way."""

import os
import stat
from pathlib import Path

import pytest

from jupystra_tui.model import Cluster
from jupystra_tui.worker.state_files import KEPT, LocalPorts, RecentClusters


def test_ports_outlive_the_worker(tmp_path: Path) -> None:
    LocalPorts(tmp_path / "ports.json").put("hpc", "42", 8890)
    assert LocalPorts(tmp_path / "ports.json").get("hpc", "42") == 8890
    assert LocalPorts(tmp_path / "ports.json").get("hpc", "43") == 0


@pytest.mark.parametrize("content", ["", "null", "[1]", '{"a": "b"}', "\x00\xff"])
def test_a_spoilt_file_is_an_empty_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "ports.json"
    file.write_text(content)
    ports = LocalPorts(file)
    assert ports.get("hpc", "42") == 0
    ports.put("hpc", "42", 8888)
    assert LocalPorts(file).get("hpc", "42") == 8888


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    ports = LocalPorts(tmp_path / "missing" / "ports.json")
    ports.put("hpc", "42", 8888)
    assert ports.get("hpc", "42") == 8888


def test_only_the_latest_are_kept(tmp_path: Path) -> None:
    ports = LocalPorts(tmp_path / "ports.json")
    for job in range(KEPT + 20):
        ports.put("hpc", str(job), 9000)
    again = LocalPorts(tmp_path / "ports.json")
    assert again.get("hpc", "0") == 0
    assert again.get("hpc", str(KEPT + 19)) == 9000
    assert sum(again.get("hpc", str(job)) == 9000 for job in range(KEPT + 20)) == KEPT


def test_a_port_that_stays_the_same_drops_no_other(tmp_path: Path) -> None:
    ports = LocalPorts(tmp_path / "ports.json")
    for job in range(KEPT):
        ports.put("hpc", str(job), 9000)
    for _ in range(3):
        ports.put("hpc", "7", 9000)
    assert LocalPorts(tmp_path / "ports.json").get("hpc", "0") == 9000


def test_what_is_kept_is_its_owner_s_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        LocalPorts(tmp_path / "ports.json").put("hpc", "42", 8888)
        RecentClusters(tmp_path / "recent.json").seen(Cluster("hpc", "hpc"))
        RecentClusters(tmp_path / "recent.json").started("hpc", "42")
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"ports.json": 0o600, "recent.json": 0o600}
