"""Polls of the servers' files: what did not change is not sent again, and what did is seen at once."""

import os
import subprocess
from pathlib import Path

from jupystra_tui.apps.server_files import ServerFiles

TAG = "20261122-140312-3f9a07c1"


def served(home: Path, tag: str, token: str) -> Path:
    folder = home / ".jupystra" / "jobs" / tag
    (folder / "runtime").mkdir(parents=True)
    for name, text in (("id", "15"), ("node", "p1"), ("token", "t"), ("server", SERVER)):
        (folder / name).write_text(f"{text}\n")
    write(folder, token)
    return folder


SERVER = "app jupyterlab\nport 8888\npath /\ntitle Lab\nready api/status\nheader A: {token}\nruntime *server-*.json"


def write(folder: Path, token: str) -> None:
    (folder / "runtime" / "jpserver-1.json").write_text(f'{{"port": 18182, "token": "{token}"}}')


def poll(home: Path, files: ServerFiles) -> tuple[list[str], int]:
    """Return the servers' tokens, and how many bytes were sent."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    script = files.script("5f3a9c0d")
    out = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, check=True).stdout
    return sorted(found.token.reveal() for found in files.parse(out, "5f3a9c0d")), len(out)


def test_unchanged_files_are_sent_once_and_changes_are_seen(tmp_path: Path) -> None:
    files = ServerFiles()
    folder = served(tmp_path, TAG, "first")
    tokens, size = poll(tmp_path, files)
    assert tokens == ["first"]
    tokens, again = poll(tmp_path, files)
    assert tokens == ["first"]
    assert again < size / 4
    write(folder, "other")
    assert poll(tmp_path, files)[0] == ["other"]
    (folder / "node").write_text("p2\n")
    assert poll(tmp_path, files)[1] > again
    served(tmp_path, TAG.replace("3f", "4f"), "second")
    assert poll(tmp_path, files)[0] == ["other", "second"]
    (folder / "server").unlink()
    (folder / "runtime" / "jpserver-1.json").unlink()
    assert poll(tmp_path, files)[0] == ["second"]


def test_a_file_that_is_half_written_is_read_again(tmp_path: Path) -> None:
    files = ServerFiles()
    folder = served(tmp_path, TAG, "x")
    (folder / "runtime" / "jpserver-1.json").write_text('{"port": 18')
    poll(tmp_path, files)
    write(folder, "whole")
    assert poll(tmp_path, files)[0] == ["whole"]
