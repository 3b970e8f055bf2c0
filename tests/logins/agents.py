"""ssh-agents, well and ill; each gives the path of its socket."""

import base64
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..cluster.wait import until

REFUSE = "/bin/false"
LIST, SIGN = 11, 13
FAILURE, IDENTITIES, SIGNATURE = 5, 12, 14
Reply = bytes | Callable[[bytes], bytes] | None
"""An answer, or a function that makes it from the request; empty closes the connection, None sends nothing."""


def _listens(path: Path) -> bool:
    """Whether an agent takes connections: its socket is there a moment before."""
    with socket.socket(socket.AF_UNIX) as sock:
        return sock.connect_ex(str(path)) == 0


@contextmanager
def agent(folder: Path, *key_files: Path, confirm: bool = False) -> Iterator[str]:
    """A real agent that holds these keys; with `confirm` it asks before each use, and the answer is always no."""
    path = folder / "agent"
    environment = {"PATH": os.environ["PATH"], "SSH_ASKPASS": REFUSE, "SSH_ASKPASS_REQUIRE": "force"}
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: _listens(path), "the agent")
            options = ["-q", *(["-c"] if confirm else [])]
            adding = ["ssh-add", *options, *map(str, key_files)]
            subprocess.run(
                adding, check=True, env={**environment, "SSH_AUTH_SOCK": str(path)}, capture_output=True
            )
            yield str(path)
        finally:
            process.terminate()


@contextmanager
def odd_agent(folder: Path, *replies: Reply) -> Iterator[str]:
    """An agent that answers each connection's first request, for its keys, and the next, for signatures, so."""
    path, over = str(folder / "agent"), threading.Event()

    def serve(line: socket.socket) -> None:
        with line, line.makefile("rb") as requests:
            for number, reply in enumerate(replies):
                size = requests.read(4)
                if not size:
                    return
                request = requests.read(struct.unpack(">I", size)[0])
                assert request[0] == (SIGN if number else LIST), f"an agent that knows only keys: {request!r}"
                if reply is None:
                    over.wait()
                    return
                line.sendall(reply(request) if callable(reply) else reply)

    def listen(listener: socket.socket) -> None:
        while True:
            line, _ = listener.accept()
            if over.is_set():
                line.close()
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        thread = threading.Thread(target=listen, args=(listener,), daemon=True)
        thread.start()
        try:
            yield path
        finally:
            over.set()
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(path)
            thread.join()


def asking(path: str) -> Reply:
    """Have the real agent at `path` answer."""

    def ask(request: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(path)
            line.sendall(string(request))
            return line.recv(1 << 16)

    return ask


def framed(kind: int, body: bytes = b"") -> bytes:
    """A message of the agent's protocol."""
    return string(bytes([kind]) + body)


def string(raw: bytes) -> bytes:
    """Bytes after their length."""
    return struct.pack(">I", len(raw)) + raw


def listed(*public: Path, comment: bytes = b"a key") -> bytes:
    """The answer of an agent that holds the keys of these .pub files."""
    keys = [string(base64.b64decode(file.read_text().split()[1])) + string(comment) for file in public]
    return framed(IDENTITIES, struct.pack(">I", len(keys)) + b"".join(keys))


def dead_agent(folder: Path) -> str:
    """A socket that nobody listens on."""
    path = str(folder / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    return path
