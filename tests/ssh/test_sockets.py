"""The sockets through which ssh asks questions and rides on the login's connection are for our own processes only."""

import asyncio
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from jupystra_tui.ssh import askpass_helper, fdpass
from jupystra_tui.ssh.askpass import Askpass, Question
from jupystra_tui.ssh.channel_forwarder import ChannelForwarder
from jupystra_tui.text import Secret

from ..other_user import OTHER, OtherServer, call_as_other, needs_root, shared_folder

LIMIT = 30.0
PASSWORD = "Gr8-hedgehog"


class Answers:
    """Answers every question with the password."""

    asked = False

    def __init__(self) -> None:
        self.questions: list[Question] = []

    async def __call__(self, question: Question) -> Secret:
        self.questions.append(question)
        return Secret(PASSWORD)

    def add_stderr(self, lines: str) -> None: ...
    def accepted(self) -> None: ...
    def closed(self) -> None: ...


@pytest.fixture
def folder() -> Iterator[Path]:
    with shared_folder() as made:
        yield made


@pytest.fixture
async def askpass(folder: Path) -> AsyncIterator[tuple[Askpass, Answers]]:
    answers = Answers()
    one = Askpass(folder, folder, answers, lambda error: None)
    old = os.umask(0)
    try:
        await one.start()
        yield one, answers
    finally:
        os.umask(old)
        one.close()


async def ask(program: Path) -> tuple[int, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        str(program),
        "Password: ",
        env={**os.environ, "SSH_ASKPASS_PROMPT": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), LIMIT)
    assert process.returncode is not None
    return process.returncode, out, err


async def test_a_question_is_answered(askpass: tuple[Askpass, Answers]) -> None:
    assert (await ask(askpass[0].program))[:2] == (0, f"{PASSWORD}\n".encode())


async def test_the_socket_and_the_program_are_their_owner_s_alone(
    askpass: tuple[Askpass, Answers], folder: Path
) -> None:
    modes = {path.name[:2]: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"a-": 0o600, "as": 0o700}


@needs_root
async def test_another_user_who_knows_the_cookie_gets_no_answer(
    askpass: tuple[Askpass, Answers], folder: Path
) -> None:
    (path,) = folder.glob("a-*")
    path.chmod(0o666)
    cookie = askpass[0].program.read_text().splitlines()[2]
    stranger = call_as_other(path, f"{cookie}\0\0Password: \0".encode())
    assert await asyncio.to_thread(stranger.end) == "0"
    assert askpass[1].questions == []


@needs_root
async def test_the_helper_asks_no_other_user_s_process(
    askpass: tuple[Askpass, Answers], folder: Path
) -> None:
    (path,) = folder.glob("a-*")
    path.unlink()
    stranger = OtherServer(path)
    code, out, err = await ask(askpass[0].program)
    assert (code, out) == (1, b"")
    assert f"uid {OTHER}".encode() in err
    os.chown(path, 0, 0)
    path.chmod(0o600)
    code, out, err = await ask(askpass[0].program)
    assert (code, out) == (1, b"")
    assert b"process at the other end" in err
    assert await asyncio.to_thread(stranger.heard) == 0


async def test_the_helper_follows_no_link(askpass: tuple[Askpass, Answers], folder: Path) -> None:
    (path,) = folder.glob("a-*")
    path.rename(folder / "elsewhere")
    path.symlink_to(folder / "elsewhere")
    code, out, err = await ask(askpass[0].program)
    assert (code, out) == (1, b"")
    assert b"symbolic link" in err
    assert askpass[1].questions == []


@needs_root
def test_ssh_is_given_no_other_user_s_connection(folder: Path) -> None:
    stranger = OtherServer(folder / "b-1")
    os.chown(folder / "b-1", 0, 0)
    (folder / "b-1").chmod(0o600)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        argv = [sys.executable, "-IS", fdpass.__file__, str(folder / "b-1")]
        done = subprocess.run(argv, stdout=theirs.fileno(), stderr=subprocess.PIPE, timeout=LIMIT)
        theirs.close()
        assert ours.recv(1) == b""
    assert done.returncode == 1
    assert b"process at the other end" in done.stderr
    assert stranger.heard() == 0


class Far:
    """A channel that ends at once."""

    def recv(self, size: int) -> bytes:
        return b""

    def sendall(self, data: bytes) -> None: ...
    def shutdown(self, how: int) -> None: ...
    def close(self) -> None: ...


def test_the_forwarder_s_socket_is_its_owner_s_alone(folder: Path) -> None:
    old = os.umask(0)
    try:
        forwarder = ChannelForwarder.listen(folder / "b-1", Far, lambda: None)  # type: ignore[arg-type]
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "b-1").stat().st_mode) == 0o600
    forwarder.close()


@needs_root
def test_the_forwarder_forwards_no_other_user_s_connection(folder: Path) -> None:
    opened: list[int] = []

    def open_channel() -> Far:
        opened.append(1)
        return Far()

    forwarder = ChannelForwarder.listen(folder / "b-1", open_channel, lambda: None)  # type: ignore[arg-type]
    (folder / "b-1").chmod(0o666)
    assert call_as_other(folder / "b-1", b"SSH-2.0-stranger\r\n").end() == "0"
    assert opened == []
    with socket.socket(socket.AF_UNIX) as ours:
        ours.connect(str(folder / "b-1"))
        ours.settimeout(LIMIT)
        assert ours.recv(1) == b""
    assert opened == [1], "the forwarder still accepts our user"
    forwarder.close()


def test_helpers_import_no_more_of_us_than_they_need() -> None:
    for helper in (askpass_helper, fdpass):
        script = (
            "import sys, runpy; sys.argv = ['x', '/nowhere', '', '']; "
            f"runpy.run_path({helper.__file__!r}, run_name='__main__')"
        )
        done = subprocess.run(
            [sys.executable, "-ISX", "importtime", "-c", script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        ours = {
            line.split("|")[-1].strip()
            for line in done.stderr.splitlines()
            if "jupystra_tui" in line and "|" in line
        }
        assert ours == {"jupystra_tui", "jupystra_tui.ownership"}
