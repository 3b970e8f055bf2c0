"""The address goes to the clipboard over a program's standard input; `copied` is said only when one took it."""

import os
from pathlib import Path

import pytest

from jupystra_tui import clipboard, protocol
from jupystra_tui.text import Secret
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard

URL = "http://127.0.0.1:8888/lab?token=s3cret"
PROGRAMS = clipboard.PROGRAMS


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole of PATH for the programs, and the table of them as it is."""
    monkeypatch.setattr(clipboard, "PROGRAMS", PROGRAMS)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    for name in ("SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def install(folder: Path, name: str, code: int = 0) -> None:
    """Write a program that keeps its arguments and its input, and ends with `code`."""
    program = folder / name
    program.write_text(
        f'#!/bin/sh\necho "$*" > "{folder}/{name}.args"\ncat > "{folder}/{name}.in"\nexit {code}\n'
    )
    program.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "variable"), [("wl-copy", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY")]
)
async def test_a_program_takes_it(
    worker: FakeWorker, programs: Path, monkeypatch: pytest.MonkeyPatch, name: str, variable: str
) -> None:
    install(programs, name)
    monkeypatch.setenv(variable, ":0")
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret(URL)))
        await pilot.press("y")
        await until(pilot, lambda: "is copied to the clipboard" in " ".join(seen(pilot).split()))
        assert (programs / f"{name}.in").read_text() == URL
        assert "s3cret" not in (programs / f"{name}.args").read_text()
        assert app.clipboard == "", "the terminal is not asked as well"
        assert "s3cret" not in seen(pilot)


@pytest.mark.parametrize("code", [None, 1])
async def test_without_one_the_terminal_is_asked_and_nothing_is_claimed(
    worker: FakeWorker, programs: Path, monkeypatch: pytest.MonkeyPatch, code: int | None
) -> None:
    if code is not None:
        monkeypatch.setenv("DISPLAY", ":0")
        install(programs, "xclip", code)
        install(programs, "xsel", code)
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret(URL)))
        await pilot.press("y")
        await until(pilot, lambda: "was sent to the terminal" in " ".join(seen(pilot).split()))
        assert app.clipboard == URL
        assert "copied" not in seen(pilot)


async def test_pbcopy_is_tried_on_a_mac_but_not_over_ssh(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, "pbcopy")
    monkeypatch.setattr("sys.platform", "darwin")
    assert await clipboard.put(Secret(URL))
    assert (programs / "pbcopy.in").read_text() == URL
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 22 10.0.0.2 22")
    assert not await clipboard.put(Secret(URL))


async def test_a_program_that_hangs_is_ended(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", 0.2)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    program = programs / "wl-copy"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    assert not await clipboard.put(Secret(URL))
