"""The kept shell on a server that prints too much: memory stays small, the sender waits, the error says what it was."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.command_output import MB, QUEUE, Purpose, Script
from jupystra_tui.ssh.shell import CHUNK, PIECES_AHEAD, Shell

LIMIT = 30.0
MARK_BYTES = 32


class Printing:
    """A channel whose far side prints what `out` and `err` return for the first mark it was sent, piece by piece."""

    def __init__(self, out: Callable[[str, int], bytes], err: Callable[[str, int], bytes]) -> None:
        self._said = (out, err)
        self._mark = ""
        self._sent = threading.Event()
        self.closed = threading.Event()
        self.began = threading.Event()
        self.taken = [0, 0]

    def sendall(self, data: bytes) -> None:
        self._mark = data.decode().split("'\\n%s\\n' ")[1][:MARK_BYTES]
        self._sent.set()

    def recv(self, size: int) -> bytes:
        return self._recv(0)

    def recv_stderr(self, size: int) -> bytes:
        return self._recv(1)

    def close(self) -> None:
        self.closed.set()
        self._sent.set()

    def _recv(self, number: int) -> bytes:
        self._sent.wait()
        piece = b"" if self.closed.is_set() else self._said[number](self._mark, self.taken[number])
        if not piece:
            self.closed.wait()
        self.taken[number] += len(piece)
        self.began.set()
        return piece


def whole(mark: str, taken: int) -> bytes:
    return b"" if taken else f"\n{mark}\n\n{mark} 0\n".encode()


def endless(mark: str, taken: int) -> bytes:
    return b"x" * CHUNK if taken else f"\n{mark}\n".encode()


def chatter(mark: str, taken: int) -> bytes:
    return b"Welcome!\n" * 10_000


@pytest.mark.parametrize(
    ("out", "err", "words"),
    [
        (endless, whole, "The list of your jobs is longer than 64 MB"),
        (whole, endless, r"The list of your jobs \(its error output\) is longer than 1 MB"),
        (chatter, whole, "start-up files on the login node is longer than 1 MB"),
        (whole, chatter, "start-up files on the login node is longer than 1 MB"),
    ],
)
async def test_what_never_ends_is_cut_off_and_named(
    out: Callable[[str, int], bytes], err: Callable[[str, int], bytes], words: str
) -> None:
    channel = Printing(out, err)
    shell = Shell(channel)  # type: ignore[arg-type]
    with pytest.raises(ConnectError, match=words):
        await shell.run(Script("squeue", QUEUE), LIMIT)
    assert not shell.alive
    assert await asyncio.to_thread(channel.closed.wait, LIMIT)
    assert sum(channel.taken) < QUEUE.limit + (PIECES_AHEAD + 3) * 2 * CHUNK


async def test_a_sender_that_is_faster_than_we_are_has_to_wait() -> None:
    channel = Printing(endless, whole)
    shell = Shell(channel)  # type: ignore[arg-type]
    running = asyncio.create_task(shell.run(Script("squeue", Purpose("All", 10_000 * MB)), LIMIT))
    assert await asyncio.to_thread(channel.began.wait, LIMIT)
    before = channel.taken[0]
    threading.Event().wait(0.3)  # this loop is busy with something else
    assert channel.taken[0] - before <= (PIECES_AHEAD + 2) * CHUNK
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await asyncio.to_thread(channel.closed.wait, LIMIT)


async def test_what_is_printed_between_commands_is_limited_too() -> None:
    channel = Printing(chatter, whole)
    channel.sendall(f"printf '\\n%s\\n' {'0' * MARK_BYTES}".encode())
    shell = Shell(channel)  # type: ignore[arg-type]
    assert await asyncio.to_thread(channel.closed.wait, LIMIT)
    with pytest.raises(ConnectError):
        await shell.run("true", LIMIT)
