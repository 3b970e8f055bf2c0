"""A login node whose commands print without end costs a plain sentence: not the laptop's memory, and not the login."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from jupystra_tui import protocol
from jupystra_tui.model import SessionPhase

from ..front_end import FrontEnd, attached, worker_pid
from .own_sshd import OwnSshd

SECONDS = 30.0
MEMORY_LIMIT = 300 * 1024  # KiB
FOR_EVER = "yes 42:RUNNING:a-long-line-of-a-queue-that-never-ends:nobody-can-have-so-many-jobs-as-these"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OwnSshd]:
    server = OwnSshd(tmp_path)
    for name in ("sinfo", "squeue", "sacct", "scontrol", "scancel", "sbatch"):
        server.command(name, "")
    with server.running():
        yield server


def says(front_end: FrontEnd, words: str) -> bool:
    """Return whether the session's problem begins with these words."""
    problem = front_end.session.problem if front_end.session else None
    return problem is not None and problem.title.startswith(words)


def most_memory(pid: int) -> int:
    """Return the most that a process has had in memory, in KiB."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (FOR_EVER, "The list of your jobs is longer than 64 MB"),
        (f"{FOR_EVER} >&2", "The list of your jobs (its error output) is longer than 1 MB"),
    ],
    ids=["output", "errors"],
)
async def test_an_endless_queue(site: OwnSshd, worker: Path, script: str, words: str) -> None:
    site.command("squeue", script)
    async with attached(site.cluster) as front_end:
        await front_end.client.request(protocol.Login(site.cluster))
        await front_end.until(partial(says, front_end, words), "the reason", SECONDS)
        assert front_end.session
        assert front_end.session.phase is SessionPhase.UP
        print("most memory", most_memory(worker_pid()) // 1024, "MiB")
        assert most_memory(worker_pid()) < MEMORY_LIMIT
        site.command("squeue", "")
        await front_end.until(lambda: front_end.snapshot.taken, "the queue, once it is well again", SECONDS)
        assert most_memory(worker_pid()) < MEMORY_LIMIT


async def test_a_start_up_file_that_never_ends(site: OwnSshd, worker: Path) -> None:
    (site.home / ".bashrc").write_text(FOR_EVER)
    for name in ("sinfo", "squeue"):
        (site.bin / name).unlink()  # so that a login shell is tried
    (site.home / ".bash_profile").write_text(FOR_EVER)
    async with attached(site.cluster) as front_end:
        await front_end.client.request(protocol.Login(site.cluster))
        problem = await front_end.until(
            lambda: front_end.session.problem if front_end.session else None, "the reason", SECONDS
        )
        assert problem.title.startswith(
            "The output of your start-up files on the login node is longer than 1 MB"
        )
        assert most_memory(worker_pid()) < MEMORY_LIMIT
