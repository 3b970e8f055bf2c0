"""`jupystra kill` names what it ends, and ends just that; told by real processes on a practice cluster."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster

from .running import jupystra, told


@pytest.fixture
def lsf() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2, scheduler="lsf") as cluster:
        yield cluster


def run(practice: PracticeCluster, command: str) -> str:
    argv = ["ssh", "-F", str(practice.ssh_config), practice.alias, command]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True).stdout


def test_an_array_is_named_part_by_part(lsf: PracticeCluster, worker: Path) -> None:
    where = ("-F", str(lsf.ssh_config), "--cluster", lsf.alias)
    array = run(lsf, "bsub -J 'sweep[1-4]%1' sleep 300").partition("<")[2].partition(">")[0]
    assert jupystra("list", *where).status == 0
    status, answer = told("kill", f"{array}[3-4]", "7;id", "99999", "--cluster", lsf.alias, "--yes")
    assert status == 1
    assert (answer["killed"], answer["unknown"]) == ([f"{array}[3-4]"], ["7;id", "99999"])
    rest = jupystra("kill", array, "--cluster", lsf.alias, "--yes")
    assert rest.status == 0
    assert "(sweep, " in rest.err
    assert f"{array}[1]" in rest.err
    assert f"{array}[3" not in rest.err
    refused = jupystra("kill", "7;id", "--cluster", lsf.alias, "--yes")
    assert (refused.status, "does not know job 7;id" in refused.err) == (1, True)
