"""A `/bin/sh` kept open on one channel: a command takes one round trip, and start-up files run only once."""

import asyncio
import secrets
import shlex
import threading
from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct
from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import NoAnswer, NotSent
from jupystra_tui.model import Layer
from jupystra_tui.ssh.command_output import ERR_LIMIT, STARTUP, MarkedStream, OutputTooLong, purpose_of
from jupystra_tui.ssh.ssh_link import LinkChannel
from jupystra_tui.ssh.startup_files import OPENING, StillStarting
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.text import clip_lines

CHUNK = 1 << 18
PIECES_AHEAD = 4
PLAIN = "exec /bin/sh"
REOPENED = "It is opened again automatically."
LOGIN = (
    """exec /bin/sh -c 'case $SHELL in (*/zsh|*/fish|*/ksh*) exec "$SHELL" -lc "exec /bin/sh";; esac; """
    """exec bash -lc "exec /bin/sh"'"""
)
WORDS_LIMIT = 8000
LAST_WORDS_SECONDS = 1.0


OnErr = Callable[[bytes], None]


class CommandResult(Struct, frozen=True):
    """What a command printed, and its exit code."""

    code: int
    out: bytes
    err: bytes


class SessionEnded(NoAnswer):
    """The session ended before its shell ran a command: the title has its last lines, the detail all lines."""

    def __init__(self, out: str, err: str) -> None:
        last = [words.splitlines()[-1].strip() for words in (err, out) if words]
        super().__init__(
            f"The login node ended the session: {'; '.join(last) or 'it printed nothing'}",
            "`ssh` to it ends in the same way: see your start-up files (~/.bashrc) there, or ask the site's support.",
            _joined(out, err),
        )


def quote(argv: tuple[str, ...]) -> str:
    """Return the shell line that runs `argv`; the only place that quotes."""
    return " ".join(map(shlex.quote, argv))


def text(raw: bytes) -> str:
    """Return what a command printed as text; bytes that are not UTF-8 are replaced. It is not clean yet."""
    return raw.decode(errors="replace")


class Shell:
    """The kept shell. Commands run one after the other, each in a subshell with nothing on its standard input.

    Only output between two secret marks counts, up to the limit of the script's purpose; `words` is what start-up
    files printed before the first mark, until that came. A command that exceeds its time limit or that size closes the
    shell (`alive` becomes False); the owner opens another. `given_up` is whether this side closed it: its command may
    still run. Only a few pieces are read ahead, so that a fast sender has to wait. Start-up files may take
    `startup_seconds` before the first command.
    """

    def __init__(self, channel: LinkChannel, startup_seconds: float = 0.0) -> None:
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._lock = asyncio.Lock()
        self._streams: tuple[MarkedStream, MarkedStream] | None = None
        self._between = 0
        self._failure: OutputTooLong | None = None
        self._news = asyncio.Event()
        self._opened = self._started = False
        self._startup_seconds = startup_seconds
        self._on_start: Callable[[], None] = lambda: None
        self._heard = [b"", b""]
        self._open_streams = {0, 1}
        self.alive = True
        self.given_up = False
        for number, read in enumerate((channel.recv, channel.recv_stderr)):
            threading.Thread(target=self._read, args=(read, number), name="shell", daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether a command runs."""
        return self._lock.locked()

    @property
    def words(self) -> str:
        """What was printed before the first mark, as harmless lines; empty once that has come."""
        return _joined(*self._heard_lines())

    def _heard_lines(self) -> tuple[str, str]:
        out, err = (clip_lines(heard, WORDS_LIMIT) for heard in self._heard)
        return out, err

    async def feed(self, line: str) -> None:
        """Run a line that prints nothing in the shell itself, for all later commands."""
        async with self._lock:
            await self._send(f"{line}\n".encode())

    async def run(self, script: str, limit: float, on_err: OnErr | None = None) -> CommandResult:
        """Run POSIX shell text and return what it printed.

        Raises TimeoutError after `limit` seconds (StillStarting where no command has run yet), OutputTooLong, NotSent,
        NoAnswer. The limit counts from the call, waiting for an earlier command included; that of the first command
        from the end of the start-up files. `on_err` is called with all that the command has written on standard error
        so far, whenever there is more of it.
        """
        startup = 0.0 if self._started else self._startup_seconds
        try:
            async with asyncio.timeout(startup + limit) as deadline, self._lock:
                if startup and not self._started:
                    deadline.reschedule(self._loop.time() + startup)
                    self._on_start = lambda: deadline.reschedule(self._loop.time() + limit)
                return await self._run(script, on_err)
        except TimeoutError as error:
            if self._started:
                raise
            raise StillStarting(startup or limit, self.words) from error

    async def _run(self, script: str, on_err: OnErr | None) -> CommandResult:
        if not self.alive and (self._started or self.given_up):
            raise NotSent("The connection to the login node is lost", REOPENED, layer=Layer.NETWORK)
        try:
            return await self._exchange(script, on_err)
        except BaseException:
            self.close()  # the rest of the output may still arrive, and must not be read as the next command's
            raise
        finally:
            self._streams, self._between = None, 0

    def close(self) -> None:
        """Close the shell. Idempotent."""
        self.alive, self.given_up = False, True
        threading.Thread(target=close_quietly, args=(self._channel,), name="shell-close", daemon=True).start()
        self._news.set()

    async def _exchange(self, script: str, on_err: OnErr | None) -> CommandResult:
        mark, purpose = secrets.token_hex(16), purpose_of(script)
        out = MarkedStream(mark, purpose.what, purpose.limit)
        err = MarkedStream(mark, f"{purpose.what} (its error output)", ERR_LIMIT)
        self._streams = out, err
        text = (
            f"printf '\\n%s\\n' {mark}; printf '\\n%s\\n' {mark} >&2\n(\n{script}\n) </dev/null\n"
            f"printf '\\n%s %s\\n' {mark} $?; printf '\\n%s\\n' {mark} >&2\n"
        )
        await self._send(text.encode())
        said = b""
        while True:
            self._news.clear()
            if on_err and err.so_far != said:
                said = err.so_far
                on_err(said)
            if out.complete and err.complete:
                return CommandResult(int(out.rest), out.content, err.content)
            if self._failure:
                raise self._failure
            if not self.alive:
                break
            await self._news.wait()
        if self._started or self.given_up:
            raise NoAnswer("The session on the login node ended before the answer came", REOPENED)
        await self._end_of_streams()
        raise SessionEnded(*self._heard_lines())

    async def _end_of_streams(self) -> None:
        """Wait until both streams have ended, or for a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                while self._open_streams:
                    self._news.clear()
                    await self._news.wait()

    async def _send(self, data: bytes) -> None:
        if not self._opened:
            data, self._opened = OPENING.encode() + data, True
        with suppress(OSError):  # the shell has ended, which its readers notice
            await in_thread(self._channel.sendall, data)  # blocks while the network does

    def _read(self, read: Callable[[int], bytes], number: int) -> None:
        ahead = threading.Semaphore(PIECES_AHEAD)
        while True:
            try:
                piece = read(CHUNK)
            except OSError:
                piece = b""
            ahead.acquire()
            try:
                self._loop.call_soon_threadsafe(self._arrived, number, piece, ahead)
            except RuntimeError:  # the loop is closed: nothing waits
                return
            if not piece:
                return

    def _arrived(self, number: int, piece: bytes, ahead: threading.Semaphore) -> None:
        ahead.release()
        try:
            self._take(number, piece)
        except OutputTooLong as error:
            self._failure = self._failure or error
            self.close()
        if not piece:
            self._open_streams.discard(number)
            self.alive = False
        self._news.set()

    def _take(self, number: int, piece: bytes) -> None:
        """Add to a command's output, or count what is printed between commands; raises OutputTooLong."""
        if self.given_up:
            return
        if not self._started:
            self._heard[number] = (self._heard[number] + piece)[-WORDS_LIMIT:]
        if self._streams:
            self._streams[number].add(piece)
            self._note_start(self._streams[0])
            return
        self._between += len(piece)
        if self._between > STARTUP.limit:
            raise OutputTooLong(STARTUP.what, STARTUP.limit)

    def _note_start(self, out: MarkedStream) -> None:
        if out.began and not self._started:
            self._started, self._heard = True, [b"", b""]
            self._on_start()


def _joined(out: str, err: str) -> str:
    return "\n".join(filter(None, (out, err)))


def close_quietly(channel: LinkChannel) -> None:
    """Close a channel; one whose connection is gone is closed already."""
    with suppress(SSHException, OSError, EOFError):
        channel.close()
