"""The findings of `jupystra doctor` on a practice cluster, and its report."""

import re
import socket
import stat
from pathlib import Path
from typing import Any

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.model.finding import Verdict

from .running import jupystra, start, told


def examined(practice: PracticeCluster, *words: str) -> tuple[int, Any]:
    return told("-F", str(practice.ssh_config), "doctor", practice.alias, "--quiet", *words)


def test_each_failed_check_has_a_next_step_and_the_report_is_masked(
    practice: PracticeCluster, worker: Path
) -> None:
    practice.set_compute_ssh("closed")
    assert jupystra(*start(practice), "--quiet").status == 0
    report = worker / "report.txt"
    status, seen = examined(practice, "--bundle", str(report))
    findings = seen["findings"]
    assert status == int(any(one["verdict"] == Verdict.FAILED.value for one in findings)), findings
    assert {one["place"] for one in findings} == {"this laptop", "login", "login node", "tunnels"}
    steps = {one["name"]: one["next_step"] for one in findings if one["verdict"] != Verdict.OK.value}
    assert "ssh to a node" in steps
    assert all(steps.values())
    text = report.read_text()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert f"{seen['fine']} of {len(findings)} checks passed" in text
    assert [name for name in names(practice, worker) if re.search(rf"\b{re.escape(name)}\b", text)] == []
    again = jupystra("doctor", practice.alias, "--bundle", str(report))
    assert (again.status, report.read_text()) == (2, text)
    assert "exists already" in again.err


def names(practice: PracticeCluster, laptop: Path) -> list[str]:
    """Return what tells who somebody is, where, and how to reach a server."""
    [token] = [file.read_text().strip() for file in practice.folder.glob("home/.jupystra/jobs/*/token")]
    folders = [str(practice.folder), str(laptop), str(Path.home())]
    return [token, practice.user, practice.alias, "p1", "p2", socket.gethostname(), *folders]


def test_what_prevents_a_login_is_the_first_step(worker: Path) -> None:
    status, seen = told("doctor", "somebody@127.0.0.1", "--quiet", "-F", str(closed_port(worker)))
    assert status == 1
    assert (seen["first_to_do"]["name"], seen["first_to_do"]["verdict"]) == ("network", "failed")
    assert seen["findings"][-1]["name"] == "all other checks"


def closed_port(folder: Path) -> Path:
    """Return an ssh configuration by which every host is one where nobody listens."""
    config = folder / "ssh_config"
    config.write_text("Host *\n  HostName 127.0.0.1\n  Port 9\n  UserKnownHostsFile /dev/null\n")
    return config
