"""Processes of a second user on this machine, for stories about what they must not hear; they need root."""

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

OTHER = 65534
LISTEN_SECONDS = 4.0
CALL_SECONDS = 10.0

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a second user's processes need root")


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Yield a folder that everybody may write, with the sticky bit, as /tmp is; its path is short."""
    with tempfile.TemporaryDirectory(prefix="jo-", dir="/tmp") as folder:
        Path(folder).chmod(0o1777)
        yield Path(folder)


class Other:
    """A child of this process, without rights, that does one thing; what it writes is read from here."""

    def __init__(self, deed: Callable[[int], None]) -> None:
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            with suppress(BaseException):
                os.close(reading)
                os.setgroups([])
                os.setgid(OTHER)
                os.setuid(OTHER)
                signal.alarm(60)
                deed(writing)
            os._exit(0)
        os.close(writing)
        self._pipe = os.fdopen(reading)

    def said(self) -> str:
        """Return the next line; empty when the child has ended."""
        return self._pipe.readline().strip()

    def end(self) -> str:
        """Return the last line, once the child has ended."""
        with self._pipe:
            last = self._pipe.read().strip()
        os.waitpid(self._pid, 0)
        return last


class OtherServer:
    """A listening socket of the second user's."""

    def __init__(self, path: Path) -> None:
        def serve(pipe: int) -> None:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(path))
            path.chmod(0o666)
            listener.listen(8)
            os.write(pipe, b"listening\n")
            listener.settimeout(LISTEN_SECONDS)
            heard = b""
            with suppress(OSError):
                while True:
                    line, _ = listener.accept()
                    line.settimeout(2)
                    with suppress(OSError):
                        heard += line.recv(4096)
                    line.close()
            os.write(pipe, str(len(heard)).encode())

        self._child = Other(serve)
        assert self._child.said() == "listening"

    def heard(self) -> int:
        """Return the number of bytes that anybody sent, a few seconds later."""
        return int(self._child.end())


def call_as_other(path: Path, said: bytes) -> Other:
    """Send bytes to a socket as the second user; `end` of what is returned says how many bytes were answered."""

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
    """Make a folder that is the second user's and that everybody may enter."""
    Other(lambda _: folder.mkdir(mode=0o755)).end()
    assert folder.stat().st_uid == OTHER
