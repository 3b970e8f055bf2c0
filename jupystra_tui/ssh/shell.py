"""A `/bin/sh` kept open on one channel: a command is one round trip, and slow start-up files are paid for once."""

import asyncio
import secrets
import shlex
import threading
from collections.abc import Callable

from msgspec import Struct
from paramiko import Channel
from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import NoAnswer, NotSent
from jupystra_tui.model import Layer
from jupystra_tui.ssh.threads import in_thread

PLAIN = "exec /bin/sh"
AGAIN = "It is opened again by itself."
LOGIN = "exec bash -lc 'exec /bin/sh'"


class Result(Struct, frozen=True):
    """What a command printed, and its exit code."""

    code: int
    out: bytes
    err: bytes


def quote(argv: tuple[str, ...]) -> str:
    """Return the shell line that runs `argv`; the only place that quotes."""
    return " ".join(map(shlex.quote, argv))


def text(raw: bytes) -> str:
    """Return what a command printed as text; bytes that are not UTF-8 are replaced. It is not clean yet."""
    return raw.decode(errors="replace")


class Shell:
    """The kept shell. Commands run one after the other, each in a subshell with nothing on its standard input.

    Whatever start-up files print is dropped: output counts between two marks that nothing can forge. A command that
    outlives its time limit takes the shell with it (`alive` turns False); the owner opens another. `given_up` is
    whether it was closed from here: what it ran may still run.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._lock = asyncio.Lock()
        self._out = bytearray()
        self._err = bytearray()
        self._news = asyncio.Event()
        self.alive = True
        self.given_up = False
        for read, buffer in ((channel.recv, self._out), (channel.recv_stderr, self._err)):
            threading.Thread(target=self._read, args=(read, buffer), name="shell", daemon=True).start()

    async def feed(self, line: str) -> None:
        """Let the shell itself run a line that prints nothing, for all commands to come."""
        async with self._lock:
            await self._send(f"{line}\n".encode())

    async def run(self, script: str, limit: float) -> Result:
        """Run POSIX shell text and return what it printed.

        Raises TimeoutError after `limit` seconds, NotSent, NoAnswer.
        """
        async with self._lock:
            if not self.alive:
                raise NotSent("The connection to the login node is lost", AGAIN, layer=Layer.NETWORK)
            try:
                async with asyncio.timeout(limit):
                    return await self._exchange(script)
            except BaseException:
                self.close()  # half an answer may still come: never mistake it for the next one's
                raise

    def close(self) -> None:
        """End the shell; again without harm."""
        self.alive, self.given_up = False, True
        threading.Thread(target=close_quietly, args=(self._channel,), name="shell-close", daemon=True).start()
        self._news.set()

    async def _exchange(self, script: str) -> Result:
        mark = secrets.token_hex(16)
        self._out.clear()
        self._err.clear()
        text = (
            f"printf '\\n%s\\n' {mark}; printf '\\n%s\\n' {mark} >&2\n(\n{script}\n) </dev/null\n"
            f"printf '\\n%s %s\\n' {mark} $?; printf '\\n%s\\n' {mark} >&2\n"
        )
        await self._send(text.encode())
        while True:
            self._news.clear()
            out, err = _between(self._out, mark), _between(self._err, mark)
            if out and err:
                return Result(int(out[1]), out[0], err[0])
            if not self.alive:
                break
            await self._news.wait()
        raise NoAnswer("The session on the login node ended before the answer came", AGAIN)

    async def _send(self, data: bytes) -> None:
        try:
            await in_thread(self._channel.sendall, data)  # which waits while the network does
        except OSError:
            pass  # the shell is gone, as its readers notice

    def _read(self, read: Callable[[int], bytes], buffer: bytearray) -> None:
        while True:
            try:
                piece = read(1 << 18)
            except OSError:
                piece = b""
            try:
                self._loop.call_soon_threadsafe(self._arrived, buffer, piece)
            except RuntimeError:
                return
            if not piece:
                return

    def _arrived(self, buffer: bytearray, piece: bytes) -> None:
        buffer.extend(piece)
        if not piece:
            self.alive = False
        self._news.set()


def close_quietly(channel: Channel) -> None:
    """Close a channel; one whose connection is gone is closed already."""
    try:
        channel.close()
    except (SSHException, OSError, EOFError):
        pass


def _between(buffer: bytearray, mark: str) -> tuple[bytes, bytes] | None:
    """Return what stands between the two marks, and what follows the second on its line; None until both came."""
    start, end = f"\n{mark}\n".encode(), f"\n{mark}".encode()
    last = buffer.rfind(end, max(0, len(buffer) - len(end) - 8))
    first = buffer.find(start) if last > 0 else -1
    if first < 0 or last < first + len(start) - 1 or not buffer.endswith(b"\n"):
        return None
    return bytes(buffer[first + len(start) : last]), bytes(buffer[last + len(end) :]).strip()
