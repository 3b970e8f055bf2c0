"""Start-up files on a login node: what a login copes with, and what it names."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import SessionPhase

from ..front_end import attached
from .own_sshd import OwnSshd

SECONDS = 30.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSshd]:
    server = OwnSshd(tmp_path_factory.mktemp("site"))
    for name in ("sinfo", "squeue", "sacct", "scontrol", "scancel", "sbatch"):
        server.command(name, "")
    with server.running():
        yield server


def write_bashrc(site: OwnSshd, line: str) -> None:
    """Give the user this line in ~/.bashrc; skips where the shell that it starts is not installed."""
    shell = line.removeprefix("exec ") if line.startswith("exec ") else "sh"
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    (site.home / ".bashrc").write_text(f"echo noise\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "read -r answer",
        "read -r one; read -r two; read -n 1 three",
        "exec zsh",
        "exec tcsh",
        "[ $INSIDE ] || INSIDE=1 exec bash",
        "set -e",
        "sleep 1.6",
    ],
)
async def test_a_login_goes_on(site: OwnSshd, worker: Path, line: str) -> None:
    write_bashrc(site, line)
    async with attached(replace(site.cluster, startup_seconds=10.0)) as front_end:
        session = await front_end.log_in(SECONDS)
        assert session.scheduler == "slurm"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("exec fish", ""),
        ("while :; do read -r answer; echo which one?; done", "which one?"),
        ("sleep 100", "noise"),
    ],
)
async def test_files_that_do_not_end_are_named_with_the_setting(
    site: OwnSshd, worker: Path, line: str, said: str
) -> None:
    write_bashrc(site, line)
    cluster = replace(site.cluster, startup_seconds=1.5)
    async with attached(cluster) as front_end:
        await front_end.client.request(protocol.Login(cluster))
        problem = await front_end.until(
            lambda: front_end.session.problem if front_end.session else None, "the reason", SECONDS
        )
        assert front_end.session
        assert front_end.session.phase is SessionPhase.DOWN
    assert problem.title == "The login node did not answer within 2 s: its start-up files have not ended"
    for words in ("~/.bashrc", "config.fish", "wait for input", "`startup_seconds`"):
        assert words in problem.hint
    assert said in problem.detail
