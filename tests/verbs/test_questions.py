"""A login's questions on a terminal, and where there is none."""

from pathlib import Path

import pytest

from jupystra_tui.demo import PracticeCluster

from ..terminal.terminal import Terminal
from .running import jupystra


@pytest.fixture
def stranger(slow_queue: PracticeCluster, worker: Path) -> tuple[str, ...]:
    """Return the words that list the jobs of a cluster whose host key nobody knows yet."""
    config = worker / "ssh_config"
    known = f"{slow_queue.folder}/known_hosts"
    config.write_text(slow_queue.ssh_config.read_text().replace(known, f"{worker}/known_hosts"))
    return ("-F", str(config), "list", "--cluster", slow_queue.alias)


def test_a_host_key_is_trusted_and_then_known(slow_queue: PracticeCluster, stranger: tuple[str, ...]) -> None:
    with Terminal(*stranger, columns=100, module="jupystra_tui.verbs") as terminal:
        terminal.shows("Is this the right host?", "shows its ssh-ed25519 key", "[n]o, [o]nce or [t]rust:")
        terminal.press("perhaps", "enter")
        terminal.shows("rust: perhaps\n[n]o")
        terminal.press("t", "enter")
        assert terminal.ends() == 0
    assert jupystra("worker", "stop").status == 0
    assert jupystra(*stranger).status == 0


def test_a_host_key_that_is_not_trusted_ends_the_login(stranger: tuple[str, ...]) -> None:
    with Terminal(*stranger, columns=100, module="jupystra_tui.verbs") as terminal:
        terminal.shows("[n]o, [o]nce or [t]rust:")
        terminal.press("n", "enter")
        assert terminal.ends() == 130
        assert "was not accepted\nNothing was sent." in terminal.text()


def test_without_a_terminal_the_question_is_named(stranger: tuple[str, ...]) -> None:
    ended = jupystra(*stranger, "--json")
    assert ended.status == 5
    assert "host key" in ended.told["error"]["title"]
    assert "jupystra-tui" in ended.told["error"]["hint"]


def test_a_job_is_killed_only_by_a_yes(slow_queue: PracticeCluster, worker: Path) -> None:
    started = jupystra("-F", str(slow_queue.ssh_config), "start", slow_queue.alias, "-R", "500M", "--json")
    job = started.told["job_id"]
    with Terminal("kill", job, job, columns=100, module="jupystra_tui.verbs") as terminal:
        terminal.shows(f"Kill {job} (jupyter-lab, pending) on practice? [y/N]")
        terminal.press("enter")
        assert terminal.ends() == 130
    with Terminal("kill", job, columns=100, module="jupystra_tui.verbs") as terminal:
        terminal.shows("[y/N]")
        terminal.press("y", "enter")
        assert terminal.ends() == 0
        assert f"Killed: {job}." in terminal.text()
