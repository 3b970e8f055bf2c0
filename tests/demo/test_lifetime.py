"""The practice cluster begins quickly, and nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster, PracticeClusterError
from tests.demo.client import SECONDS, Client, alive, until

OWNER = """
from jupystra_tui.demo import PracticeCluster
practice = PracticeCluster(queue_seconds=0)
print(practice.ssh_config, practice.alias, practice.pid, flush=True)
input()
"""
STUBBORN = 'trap "" TERM; echo $$ > pid; while :; do sleep 600; done'


def test_close_ends_jobs_and_commands_and_removes_the_folder() -> None:
    practice = PracticeCluster(queue_seconds=0, lively=True)
    client = Client(practice.ssh_config, practice.alias)
    job = _start_stubborn_job(client)
    argv = [*client.ssh, "-q", client.alias, "echo in; exec sleep 600"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as session:
        assert session.stdout
        assert session.stdout.readline() == b"in\n"
        practice.close()
        practice.close()
        assert session.wait(SECONDS) == 255
    assert not alive(job)
    assert not practice.folder.exists()


def test_nothing_is_left_when_its_owner_is_killed() -> None:
    argv = [sys.executable, "-c", OWNER]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        config, alias, site = owner.stdout.readline().split()
        job = _start_stubborn_job(Client(Path(config), alias))
        owner.kill()
    until(lambda: not alive(int(site)), "the site to end")
    assert not alive(job)
    assert not Path(config).parent.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_too(practice: PracticeCluster, number: signal.Signals) -> None:
    os.kill(practice.pid, number)
    until(lambda: not practice.folder.exists(), "the folder to go")


def test_the_users_own_home_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    with PracticeCluster(queue_seconds=0) as practice:
        client = Client(practice.ssh_config, practice.alias)
        client.ask("jupyter --paths; python -m IPython -c pass; cd; touch here")
        assert (practice.folder / "home" / "here").exists()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_and_its_secrets_are_private(practice: PracticeCluster) -> None:
    modes = {name: (practice.folder / name).stat().st_mode & 0o777 for name in (".", "id_ed25519", "control")}
    assert modes == {".": 0o700, "id_ed25519": 0o600, "control": 0o600}


def test_a_site_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "paramiko.py").write_text("raise ImportError('no paramiko today')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PracticeClusterError, match="no paramiko today"):
        PracticeCluster()


def test_a_folder_of_ones_own_choice_is_made_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "a site"
    argv = [sys.executable, "-m", "jupystra_tui.demo", "--folder", str(folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as site:
        assert site.stdout
        invitation = json.loads(site.stdout.readline())
        assert Client(Path(invitation["ssh_config"]), invitation["alias"]).ask("squeue -h") == ""
    assert not folder.exists()


def _start_stubborn_job(client: Client) -> int:
    """The process of a job that does not end when asked to."""
    client.submit(STUBBORN)
    return int(until(lambda: client.run("cat pid").stdout, "the job to start"))
