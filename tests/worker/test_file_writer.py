"""A slow disk holds up neither who writes nor the order of what is written."""

import logging
import threading
from pathlib import Path

import pytest

from jupystra_tui.worker import file_writer
from jupystra_tui.worker.file_writer import FileWriter

COST = "it is not remembered"


class SlowDisk:
    """Takes one content, then waits for `open`; `written` is what it took in turn."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.began = threading.Event()
        self.written: list[tuple[str, bytes]] = []

    def replace(self, file: Path, content: bytes) -> None:
        self.written.append((file.name, content))
        self.began.set()
        assert self.open.wait(30)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SlowDisk:
    disk = SlowDisk()
    monkeypatch.setattr(file_writer, "replace_private", disk.replace)
    return disk


def test_files_are_written_in_turn_and_only_with_their_latest_content(disk: SlowDisk) -> None:
    writer, one, other = FileWriter(), Path("one"), Path("other")
    writer.write(one, b"1", COST)
    assert disk.began.wait(30)
    for number in (b"2", b"3", b"4"):
        writer.write(one, number, COST)
        writer.write(other, number, COST)
    assert not writer.flush(0), "the disk has not answered yet"
    disk.open.set()
    assert writer.flush(30)
    assert disk.written == [("one", b"1"), ("one", b"4"), ("other", b"4")]


def test_a_writer_that_had_nothing_to_do_writes_again(tmp_path: Path) -> None:
    writer, file = FileWriter(), tmp_path / "file"
    for content in (b"1", b"2"):
        writer.write(file, content, COST)
        assert writer.flush(30)
        assert file.read_bytes() == content


async def test_the_end_does_not_wait_for_a_dead_disk(
    disk: SlowDisk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(file_writer, "LAST_SECONDS", 0.05)
    writer = FileWriter()
    writer.write(Path("one"), b"1", COST)
    with caplog.at_level(logging.WARNING):
        await writer.aclose()
    assert "the disk does not answer" in caplog.text
    disk.open.set()
    await writer.aclose()


def test_a_file_that_cannot_be_written_is_logged_with_what_that_costs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = FileWriter()
    with caplog.at_level(logging.WARNING):
        writer.write(tmp_path / "missing" / "file", b"1", COST)
        writer.write(tmp_path / "file", b"2", COST)
        assert writer.flush(30)
    assert f"{COST}: " in caplog.text
    assert (tmp_path / "file").read_bytes() == b"2", "the others are written"
