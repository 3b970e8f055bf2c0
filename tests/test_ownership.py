"""Messages are sent only to processes of the same user: folders, sockets and peers are verified first."""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui import paths, protocol
from jupystra_tui.errors import ConfigError
from jupystra_tui.frontend import worker_process
from jupystra_tui.frontend.client import Client
from jupystra_tui.frontend.worker_process import NotRunning
from jupystra_tui.ownership import ForeignOwner, check_owned, check_peer, peer_uid

from .other_user import OTHER, OtherServer, make_folder_as_other, needs_root, shared_folder


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Let this machine have no runtime folder but one in a shared temporary folder, which is returned unmade."""
    monkeypatch.delenv("JUPYSTRA_HOME", raising=False)
    with shared_folder() as top:
        folder = top / "jupystra-tui-0"
        monkeypatch.setattr(paths, "_shared_folder", lambda: folder)
        monkeypatch.setattr(paths, "_system_folders", list)
        monkeypatch.setattr(paths, "_lasting_folder", lambda: Path("/proc/none"))
        yield folder


def test_the_other_end_of_a_socket_is_known() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_uid(ours) == os.geteuid()
        check_peer(ours)


@pytest.mark.parametrize("uid", [0, 501, 4_294_967_294])
def test_the_other_end_is_known_on_macos(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    class Mac:
        def getsockopt(self, level: int, name: int, size: int) -> bytes:
            assert (level, name, size) == (0, 1, 76), "SOL_LOCAL, LOCAL_PEERCRED, sizeof(struct xucred)"
            return struct.pack("=IIhxx16I", 0, uid, 1, *range(16))

    monkeypatch.delattr(socket, "SO_PEERCRED")
    assert peer_uid(Mac()) == uid
    monkeypatch.setattr(os, "geteuid", lambda: 502)
    with pytest.raises(ForeignOwner, match=f"uid {uid}"):
        check_peer(Mac())


def test_an_unknown_format_of_macos_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later:
        def getsockopt(self, level: int, name: int, size: int) -> bytes:
            return struct.pack("=II", 7, 0).ljust(76, b"\0")

    monkeypatch.delattr(socket, "SO_PEERCRED")
    with pytest.raises(OSError, match="version 7"):
        peer_uid(Later())


def test_a_process_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with ours, theirs, pytest.raises(ForeignOwner, match=f"uid {os.getuid()}"):
        check_peer(ours)


def test_a_folder_that_others_can_change_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    check_owned(folder)
    for mode in (0o770, 0o707):
        folder.chmod(mode)
        with pytest.raises(ForeignOwner, match="changed by other users"):
            check_owned(folder)


def test_a_folder_that_others_can_replace_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "top" / "run"
    folder.mkdir(mode=0o700, parents=True)
    folder.parent.chmod(0o777)
    with pytest.raises(ForeignOwner, match="replace"):
        check_owned(folder)
    folder.parent.chmod(0o1777)
    check_owned(folder)


def test_a_link_and_a_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(ForeignOwner):
            check_owned(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        check_owned(tmp_path / "missing")


async def test_nothing_is_sent_to_a_socket_behind_a_link(shared: Path, tmp_path: Path) -> None:
    paths.private(shared)
    with socket.socket(socket.AF_UNIX) as elsewhere:
        elsewhere.bind(str(shared.parent / "elsewhere"))
        elsewhere.listen()
        (shared / worker_process.SOCKET).symlink_to(shared.parent / "elsewhere")
        with pytest.raises(NotRunning) as refusal:
            await Client(print, print).open(start=False)
    assert "symbolic link" in refusal.value.detail


def test_a_link_that_leads_elsewhere_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, shared: Path, tmp_path: Path
) -> None:
    deep = tmp_path / ("x" * 80)
    monkeypatch.setenv("JUPYSTRA_HOME", str(deep))
    link = paths.runtime_folder()
    assert link.parent == shared
    link.unlink()
    assert paths.worker_folders()[0] == [link], "a cleaner may remove the link: it is made again"
    link.unlink()
    link.symlink_to(tmp_path)
    assert paths.worker_folders()[0] == []
    with pytest.raises(ConfigError, match="leads elsewhere"):
        paths.runtime_folder()


@needs_root
async def test_another_users_worker_in_the_shared_folder_receives_nothing(shared: Path) -> None:
    make_folder_as_other(shared)
    stranger = OtherServer(shared / worker_process.SOCKET)
    with pytest.raises(NotRunning) as refusal:
        await Client(print, print).open(start=False)
    assert f"uid {OTHER}" in refusal.value.detail
    with pytest.raises(ConfigError, match=f"belongs to .*uid {OTHER}"):
        await Client(print, print).open()
    assert not await Client(print, print).stop_running()
    assert stranger.heard() == 0


@needs_root
async def test_another_users_process_behind_our_socket_file_receives_nothing(shared: Path) -> None:
    shared.mkdir()
    shared.chmod(0o777)
    stranger = OtherServer(shared / worker_process.SOCKET)
    os.chown(shared / worker_process.SOCKET, 0, 0)
    (shared / worker_process.SOCKET).chmod(0o600)
    shared.chmod(0o700)
    with pytest.raises(NotRunning) as refusal:
        await Client(print, print).open(start=False)
    assert "process at the other end of the socket belongs to" in refusal.value.detail
    assert stranger.heard() == 0


@needs_root
def test_a_link_of_another_user_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, shared: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUPYSTRA_HOME", str(tmp_path / ("x" * 80)))
    link = paths.runtime_folder()
    os.chown(link, OTHER, OTHER, follow_symlinks=False)
    found, refused = paths.worker_folders()
    assert found == []
    assert f"uid {OTHER}" in refused[0]


@needs_root
def test_a_folder_below_another_user_s_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "top" / "run"
    folder.mkdir(mode=0o700, parents=True)
    os.chown(folder.parent, OTHER, OTHER)
    with pytest.raises(ForeignOwner, match=f"uid {OTHER}.*replace"):
        check_owned(folder)


def test_a_runtime_folder_that_others_can_change_is_skipped(shared: Path) -> None:
    shared.mkdir()
    shared.chmod(0o777)
    found, refused = paths.worker_folders()
    assert found == []
    assert "can be changed by other users" in refused[0]


def test_macos_sockets_are_in_a_folder_that_is_not_cleaned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JUPYSTRA_HOME", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    with shared_folder() as top:
        monkeypatch.setattr(paths, "_shared_folder", lambda: top / "jupystra-tui-501")
        for home in (top / "ada", top / ("a" * 60)):
            home.mkdir(mode=0o700)
            monkeypatch.setenv("HOME", str(home))
            folder = paths.runtime_folder()
            assert folder.resolve() == home / "Library" / "Application Support" / "jupystra-tui" / "run"
            assert len(os.fsencode(folder)) <= paths.RUNTIME_LIMIT
            assert paths.worker_folders()[0][0] == folder


def test_linux_without_a_login_folder_uses_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JUPYSTRA_HOME", raising=False)
    monkeypatch.setattr(paths, "_system_folders", list)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = paths.runtime_folder()
    assert folder.resolve().parent == tmp_path / "jupystra-tui"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_greeting_is_small() -> None:
    assert (
        len(protocol.frame(protocol.Hello(protocol.VERSION, "0.1.0", 2**31, "attach"))) < protocol.HELLO_LIMIT
    )
