"""`--orchestra`: the preset, at an alias that leads to a practice cluster."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster
from jupystra_tui.frontend import presets

from ..terminal.terminal import Terminal
from .running import told

HOST = "orchestra.med.harvard.edu"


@pytest.fixture
def orchestra(worker: Path) -> Iterator[Path]:
    """Return an ssh configuration by which Orchestra is a practice cluster of LSF's."""
    with PracticeCluster(queue_seconds=0.2, scheduler="lsf") as practice:
        config = worker / "ssh_config"
        config.write_text(practice.ssh_config.read_text().replace(f"Host {practice.alias}", f"Host {HOST}"))
        yield config


def test_it_starts_a_server_and_the_dashboard_shows_it(orchestra: Path) -> None:
    preset = presets.preset("orchestra")
    assert preset
    assert preset.host == HOST
    status, server = told(
        "start", "--orchestra", "-F", str(orchestra), "-R", "500M", "-W", "0:10:00", "--wait"
    )
    assert status == 0, server
    assert (server["cluster"], server["state"]) == ("orchestra", "running")
    with Terminal("--orchestra", "-F", str(orchestra), columns=120, rows=40) as dashboard:
        dashboard.shows("orchestra", server["job_id"], "short", "READY")
        dashboard.press("q")
        dashboard.shows("close all")
        dashboard.press("c")
        assert dashboard.ends() == 0
