"""Sockets are in a short, private folder, whatever the environment contains."""

import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from jupystra_tui import paths
from jupystra_tui.errors import ConfigError


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("JUPYSTRA_HOME", raising=False)
    return monkeypatch


@pytest.mark.parametrize("value", ["", "relative/run", "/not/there", "/" + "x" * 200])
def test_an_unusable_runtime_folder_is_skipped(plain: pytest.MonkeyPatch, value: str) -> None:
    plain.setenv("XDG_RUNTIME_DIR", value)
    folders = paths.runtime_folders()
    assert folders[-1] == Path(f"/tmp/jupystra-tui-{os.getuid()}")
    assert not any(value and str(folder).startswith(value) for folder in folders)


def test_a_valid_runtime_folder_is_preferred(plain: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory(prefix="run-") as folder:
        plain.setenv("XDG_RUNTIME_DIR", folder)
        assert paths.runtime_folders()[0] == Path(folder) / "jupystra-tui"


def test_every_socket_path_fits_and_leads_to_the_folder_that_was_named(
    plain: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for deep in (tmp_path / ("x" * 60) / ("y" * 60), tmp_path / "short"):
        plain.setenv("JUPYSTRA_HOME", str(deep))
        folder = paths.runtime_folder()
        assert len(os.fsencode(folder / "c-12345678")) + 17 <= 103
        assert folder.resolve() == deep / "run"
        assert paths.worker_folders() == ([folder], [])


def test_a_folder_is_made_private(tmp_path: Path) -> None:
    made = paths.private(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    made.chmod(0o755)
    assert paths.private(made).stat().st_mode & 0o777 == 0o700


def test_a_link_or_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(ConfigError):
            paths.private(tmp_path / name)


def test_an_unusable_folder_is_replaced_by_the_next(plain: pytest.MonkeyPatch) -> None:
    plain.setenv("XDG_RUNTIME_DIR", "/proc")
    assert not str(paths.runtime_folder()).startswith("/proc")


def test_everything_is_below_the_folder_of_the_environment(plain: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory(prefix="jp-") as folder:
        plain.setenv("JUPYSTRA_HOME", folder)
        top = Path(folder)
        assert paths.home() == top
        assert paths.config_file() == top / "config.toml"
        assert paths.state_folder() == top / "state"
        assert paths.scripts_folder() == top / "scripts"
        assert paths.runtime_folder() == top / "run"
        assert {path.stat().st_mode & 0o777 for path in (top / "state", top / "run")} == {0o700}


def test_an_error_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        paths.private(tmp_path / "file" / "below")
    assert str(tmp_path) in caught.value.title
    assert "JUPYSTRA_HOME" in caught.value.hint


def test_a_worker_that_starts_at_the_same_time_and_tidies_up_is_no_error(plain: pytest.MonkeyPatch) -> None:
    class Tidied(socket.socket):
        def bind(self, address: Any) -> None:
            super().bind(address)
            Path(address).unlink()

    with TemporaryDirectory(prefix="jl-") as folder:
        plain.setenv("JUPYSTRA_HOME", folder)
        plain.setattr(socket, "socket", Tidied)
        assert paths.runtime_folder() == Path(folder) / "run"
