"""Processes of a second user on this machine, for tests of what they must not receive. Needs root."""

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

OTHER = 65534
CALL_SECONDS = 10.0

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a second user's processes need root")


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Yield a world-writable folder with the sticky bit, like /tmp, with a short path."""
    with tempfile.TemporaryDirectory(prefix="jo-", dir="/tmp") as folder:
        Path(folder).chmod(0o1777)
        yield Path(folder)


class Other:
    """An unprivileged child process that runs one function; its output can be read."""

    def __init__(self, task: Callable[[int], None]) -> None:
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            with suppress(BaseException):
                os.close(reading)
                os.setgroups([])
                os.setgid(OTHER)
                os.setuid(OTHER)
                signal.alarm(60)
                task(writing)
            os._exit(0)
        os.close(writing)
        self._pipe = os.fdopen(reading)

    def said(self) -> str:
        """Return the next line of output, empty after the end."""
        return self._pipe.readline().strip()

    def end(self) -> str:
        """Wait for the end and return the last line."""
        with self._pipe:
            last = self._pipe.read().strip()
        os.waitpid(self._pid, 0)
        return last


class OtherServer:
    """A listening socket of the second user; what is sent to it is kept until it is read."""

    def __init__(self, path: Path) -> None:
        end, self._end = os.pipe()

        def serve(pipe: int) -> None:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(path))
            path.chmod(0o666)
            listener.listen(8)
            os.write(pipe, b"listening\n")
            os.read(end, 1)
            listener.setblocking(False)
            heard = b""
            with suppress(BlockingIOError):
                while True:
                    line, _ = listener.accept()
                    line.setblocking(False)
                    with suppress(OSError), line:
                        heard += line.recv(4096)
            os.write(pipe, str(len(heard)).encode())

        self._child = Other(serve)
        os.close(end)
        assert self._child.said() == "listening"

    def heard(self) -> int:
        """End it and return the number of bytes received since its start."""
        os.write(self._end, b"\n")
        os.close(self._end)
        return int(self._child.end())


def call_as_other(path: Path, said: bytes) -> Other:
    """Send bytes to a socket as the second user; `end` of the result returns the number of bytes received."""

    def call(pipe: int) -> None:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CALL_SECONDS)
        line.connect(str(path))
        answer = b""
        with suppress(ConnectionError):
            line.sendall(said)
            answer = line.recv(4096)
        os.write(pipe, str(len(answer)).encode())

    return Other(call)


def make_folder_as_other(folder: Path) -> None:
    """Make a folder that the second user owns and everyone may enter."""
    Other(lambda _: folder.mkdir(mode=0o755)).end()
    assert folder.stat().st_uid == OTHER
