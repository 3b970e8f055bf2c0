"""The whole program in a real terminal, with the practice cluster behind it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster

from ..front_end import ssh_processes, worker_pid
from .terminal import ROOT, Terminal


@pytest.fixture
def practice() -> Iterator[PracticeCluster]:
    with PracticeCluster(queue_seconds=0.3) as cluster:
        yield cluster


@pytest.fixture
def open_dashboard(practice: PracticeCluster, worker: Path) -> Callable[..., Terminal]:
    def opened(columns: int = 120, rows: int = 40) -> Terminal:
        return Terminal("-F", str(practice.ssh_config), practice.alias, columns=columns, rows=rows)

    return opened


def verb(*words: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from jupystra_tui.verbs import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, timeout=30
    )


def until(condition: Callable[[], object], what: str, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)


def launch(dashboard: Terminal) -> None:
    dashboard.shows("starts a Jupyter server")
    dashboard.press("n")
    dashboard.shows("Launch on practice", "#SBATCH")
    dashboard.press("ctrl+s")
    dashboard.shows("ready at http://127.0.0.1:", seconds=40)


def test_n_and_ctrl_s_give_a_notebook_and_q_asks_about_the_tunnel(
    open_dashboard: Callable[..., Terminal], worker: Path
) -> None:
    with open_dashboard() as dashboard:
        launch(dashboard)
        dashboard.press("escape")
        dashboard.shows("READY", "1 running")
        dashboard.press("q")
        dashboard.shows("keep them open", "close all")
        dashboard.press("c")
        assert dashboard.ends() == 0
        until(lambda: not ssh_processes(worker), "ssh to end")
        until(lambda: verb("status").returncode == 1, "the worker to end")


@pytest.mark.parametrize("end", ["killed", "window closed"])
def test_the_tunnel_stays_when_the_dashboard_is_gone(
    open_dashboard: Callable[..., Terminal], worker: Path, end: str
) -> None:
    with open_dashboard() as dashboard:
        launch(dashboard)
        if end == "killed":
            dashboard.kill(signal.SIGKILL)
        else:
            dashboard.close()
            dashboard.ends()
    assert len(ssh_processes(worker)) == 1
    told = json.loads(verb("status", "--json").stdout)
    assert [tunnel["state"] for tunnel in told["tunnels"]] == ["up"]
    with open_dashboard() as again:
        again.shows("READY", "1 tunnel", seconds=5)


def test_the_worker_is_killed_and_enter_connects_again(
    open_dashboard: Callable[..., Terminal], worker: Path
) -> None:
    with open_dashboard() as dashboard:
        launch(dashboard)
        dashboard.press("escape")
        before = worker_pid()
        os.kill(before, signal.SIGKILL)
        until(lambda: worker_pid() not in (0, before), "a new worker")
        dashboard.shows("1 running", "Connect")
        until(lambda: verb("status").stdout.startswith("practice: connected"), "the login")
        dashboard.press("enter")
        dashboard.shows("READY", "1 tunnel")


def test_no_token_ever_reaches_the_terminal_or_a_command_line(
    open_dashboard: Callable[..., Terminal], practice: PracticeCluster, worker: Path
) -> None:
    with open_dashboard() as dashboard:
        launch(dashboard)
        dashboard.press("escape")
        dashboard.shows("READY")
        dashboard.press("o")
        dashboard.press("l")
        dashboard.shows("jupyter.log")
        tokens = [file.read_text() for file in practice.folder.glob("home/.jupystra/jobs/*/token")]
        assert tokens
        for token in tokens:
            assert token.encode() not in dashboard.recording
            assert token not in (worker / "run" / "worker.log").read_text()
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    assert token.encode() not in entry.read_bytes()
                except (FileNotFoundError, ProcessLookupError):
                    continue


def test_forty_columns_are_enough(open_dashboard: Callable[..., Terminal]) -> None:
    with open_dashboard(columns=40, rows=16) as dashboard:
        dashboard.shows("starts a Jupyter server")
        for key, words in (
            ("n", "walltime"),
            ("escape", "starts a Jupyter server"),
            ("2", "No tunnels"),
            ("3", "connected"),
            ("?", "esc closes"),
            ("escape", "connected"),
            ("1", "starts a Jupyter server"),
        ):
            dashboard.press(key)
            dashboard.shows(words)
        dashboard.press("q")
        assert dashboard.ends() == 0


def test_the_demo_leaves_nothing_behind(laptop: Path) -> None:
    del os.environ["JUPYSTRA_HOME"]
    others = _demos()
    with Terminal("--demo") as dashboard:
        dashboard.shows("running", "train", seconds=30)
        (folder,) = _demos() - others
        dashboard.press("q")
        assert dashboard.ends() == 0
    until(lambda: not folder.exists(), "the practice cluster's folder to go")


def _demos() -> set[Path]:
    """Return the folders of practice clusters whose worker listens."""
    words = (line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines())
    return {Path(word).parents[2] for word in words if word.endswith("/laptop/run/worker.sock")}
