"""The main job from a script: real processes of `jupystra` against a practice cluster."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupystra_tui.demo import PracticeCluster

SECONDS = 60


@pytest.fixture(params=["slurm", "lsf"])
def practice(request: pytest.FixtureRequest) -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.2, scheduler=request.param) as cluster:
        yield cluster


def jupystra(*words: str) -> tuple[int, Any]:
    """Run one verb without a terminal; returns its exit status and the JSON that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "jupystra_tui.verbs", *words, "--json"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, start_new_session=True,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_start_wait_list_and_kill(practice: PracticeCluster, worker: Path) -> None:
    flags = ("-W", "0:20:00", "-R", "500M", "--cmds", "cd /")
    status, told = jupystra("-F", str(practice.ssh_config), "start", practice.alias, "--wait", *flags)
    assert status == 0, told
    assert (told["state"], told["node"], told["ready"]) == ("running", "p1", True)
    assert told["url"].startswith(f"http://127.0.0.1:{told['local_port']}/?token=")
    address, _, token = told["url"].partition("?token=")
    with urllib.request.urlopen(f"{address}api/status?token={token}", timeout=SECONDS) as answer:
        assert answer.status == 200
    status, script = jupystra("script", told["job_id"])
    assert status == 0
    assert token not in Path(script["path"]).read_text()
    status, _ = jupystra("kill", told["job_id"])
    assert status != 0  # nobody is there to say yes
    status, killed = jupystra("kill", told["job_id"], "--yes")
    assert status == 0, killed
    status, listed = jupystra("status")
    assert status == 0, listed


def test_a_wrong_flag_is_told_as_json(worker: Path) -> None:
    status, told = jupystra("start", "somewhere", "-c", "-2")
    assert status == 2
    assert "-c" in told["error"]["title"]
