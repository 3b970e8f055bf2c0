"""A laptop whose disk is full still logs in: what cannot be kept is for this session only, and that is said."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from jupystra_tui import paths, protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend.client import Client
from jupystra_tui.model import Session, SessionPhase
from jupystra_tui.ssh.askpass import Askpass

from ..front_end import FrontEnd, attached
from ..other_user import needs_root
from .own_sshd import OwnSshd

SECONDS = 30.0


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small disk of its own without a free byte, which holds all that jupystra-tui keeps; nothing is there yet."""
    with TemporaryDirectory(prefix="jf-", dir="/tmp") as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], capture_output=True
        )
        if mounted.returncode:
            pytest.skip("no file system can be mounted here")
        try:
            Path(folder).chmod(0o700)
            monkeypatch.setenv("JUPYSTRA_HOME", folder)
            monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
            fill(Path(folder))
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> None:
    with (folder / "much").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OwnSshd]:
    server = OwnSshd(tmp_path)
    for name in ("sinfo", "squeue", "sacct", "scontrol", "scancel", "sbatch"):
        server.command(name, "")
    with server.running():
        yield server


async def logged_in(front_end: FrontEnd) -> Session:
    await front_end.client.request(protocol.Login(front_end.cluster))

    def up() -> Session | None:
        session = front_end.session
        assert not (session and session.phase is SessionPhase.DOWN), session
        return session if session and session.phase is SessionPhase.UP else None

    return await front_end.until(up, "the login", SECONDS)


@needs_root
async def test_a_login_needs_no_room(site: OwnSshd, full_disk: Path) -> None:
    known = full_disk / "known_hosts"
    site.ssh_config.write_text(
        site.ssh_config.read_text().replace(f"{site.ssh_config.parent}/known_hosts", str(known))
    )
    async with attached(site.cluster) as front_end:
        front_end.answers = ["trust"]
        session = await logged_in(front_end)
        assert any("No space left" in step and "for this session only" in step for step in session.steps)
        assert not known.exists() or known.read_bytes() == b"", (
            "no part of a line is left that changes its meaning"
        )
        await front_end.client.request(protocol.ListRecent())
    await Client(lambda event: None, lambda: None).stop_running()


@needs_root
async def test_a_disk_without_room_for_a_folder_keeps_nothing_and_says_so(
    site: OwnSshd, full_disk: Path
) -> None:
    (full_disk / "run").mkdir(mode=0o700)
    (full_disk / "state").write_bytes(b"")  # in the place of the folder that cannot be made
    async with attached(site.cluster) as front_end:
        session = await logged_in(front_end)
        assert any("kept for this session only" in step for step in session.steps)
    await Client(lambda event: None, lambda: None).stop_running()


class Silent:
    asked = False

    def closed(self) -> None: ...


@needs_root
async def test_ssh_s_questions_find_another_place(full_disk: Path, laptop: Path) -> None:
    roomy = paths.private(laptop / "run")
    askpass = Askpass(roomy, full_disk, Silent(), lambda error: None)  # type: ignore[arg-type]
    await askpass.start()
    assert askpass.program.parent == roomy
    assert askpass.program.read_text().count("\n") == 4
    askpass.close()
    assert list(roomy.iterdir()) == []
    nowhere = Askpass(full_disk, full_disk, Silent(), lambda error: None)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="cannot be written: No space left"):
        await nowhere.start()
    assert [path.name for path in full_disk.iterdir()] == ["much"]
