"""Programs of others on the laptop."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

NOBODY = 65534
LISTEN = """
import os, socket, sys
os.chdir(sys.argv[1])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
server = socket.socket(socket.AF_UNIX)
server.bind("worker.sock")
os.chmod("worker.sock", 0o777)
server.listen()
print(flush=True)
while True:
    line, _ = server.accept()
    line.settimeout(2)
    try:
        piece = line.recv(65536)
    except OSError:
        piece = b""
    with open("heard", "ab") as file:
        file.write(piece)
    line.close()
"""
TAKE_SECONDS = 3.0


class Thief:
    """Tries to take a port of this laptop, and keeps what it is told there; `heard` is all of it."""

    def __init__(self, port: int) -> None:
        self.heard = ""
        self._port = port
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        end = time.monotonic() + TAKE_SECONDS
        while not self._listener and time.monotonic() < end:
            try:
                self._listener = socket.create_server(("127.0.0.1", self._port))
            except OSError:
                time.sleep(0.02)  # it is held still, or for good
        if self._listener:
            threading.Thread(target=self._listen, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line, suppress(OSError):
                line.settimeout(1.0)
                self.heard += line.recv(65536).decode(errors="replace")


@contextmanager
def impostor(folder: Path) -> Iterator[Callable[[], bytes]]:
    """Have another user's program listen where the worker's socket would be; yields what it was told."""
    folder.mkdir(0o755)
    os.chown(folder, NOBODY, NOBODY)
    process = subprocess.Popen([sys.executable, "-IS", "-c", LISTEN, str(folder)], stdout=subprocess.PIPE)
    heard = folder / "heard"
    try:
        assert process.stdout
        assert process.stdout.readline()
        yield lambda: heard.read_bytes() if heard.exists() else b""
    finally:
        process.kill()
        process.communicate()
