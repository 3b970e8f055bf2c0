"""One command's output, read between two marks in a shell's stream, with a size limit by purpose."""

from msgspec import Struct

from jupystra_tui.errors import ConnectError

MB = 1024 * 1024
STARTUP_LIMIT = ERR_LIMIT = MB


class Purpose(Struct, frozen=True):
    """What an output is, as the start of a sentence, and its size limit in bytes."""

    what: str
    limit: int


ANY = Purpose("The output of a command on the login node", 16 * MB)
QUEUE = Purpose("The list of your jobs", 64 * MB)
LOG = Purpose("The end of the job's log", 4 * MB)
PROBE = Purpose("The description of the login node", MB)
STARTUP = Purpose("The output of your start-up files on the login node", STARTUP_LIMIT)


class Script(str):
    """Shell text with the purpose of its output; a plain string has the purpose `ANY`."""

    purpose: Purpose

    def __new__(cls, text: str, purpose: Purpose) -> "Script":
        """Return the text with its purpose."""
        script = super().__new__(cls, text)
        script.purpose = purpose
        return script


def purpose_of(script: str) -> Purpose:
    """Return the purpose of a script's output."""
    return script.purpose if isinstance(script, Script) else ANY


class OutputTooLong(ConnectError):
    """An output exceeded its limit; the channel was closed."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(
            f"{what} is longer than {limit // MB} MB: the command was stopped",
            "Log in with ssh and check whether this output ends there: a start-up file or a command may be the cause.",
        )


class MarkedStream:
    """Reads a stream piece by piece, each byte once, and finds the content between two lines with a secret mark.

    `content` and `rest`, the text after the second mark on its line, are set once `complete`.
    """

    def __init__(self, mark: str, what: str, limit: int) -> None:
        self.complete = False
        self.content = b""
        self.rest = b""
        self._what = what
        self._limit = limit
        self._start, self._end = f"\n{mark}\n".encode(), f"\n{mark}".encode()
        self._began = False
        self._before = 0
        self._searched = 0
        self._buffer = bytearray()

    @property
    def began(self) -> bool:
        """Whether the first mark was received."""
        return self._began

    @property
    def so_far(self) -> bytes:
        """What was received after the first mark; it may end with a part of the second."""
        return self.content if self.complete or not self._began else bytes(self._buffer[1:])

    def add(self, piece: bytes) -> None:
        """Add what was received; raises OutputTooLong."""
        if self.complete:
            return  # from a command that has ended
        self._buffer += piece
        if self._began or self._find_start():
            self._find_end()

    def _find_start(self) -> bool:
        at = self._buffer.find(self._start)
        drop = at + len(self._start) - 1 if at >= 0 else max(0, len(self._buffer) - len(self._start) + 1)
        del self._buffer[:drop]
        self._began = at >= 0
        self._before += drop
        if self._before > STARTUP_LIMIT:
            raise OutputTooLong(STARTUP.what, STARTUP_LIMIT)
        return self._began

    def _find_end(self) -> None:
        at = self._buffer.find(self._end, self._searched)
        line_end = self._buffer.find(b"\n", at + len(self._end)) if at >= 0 else -1
        if line_end < 0:
            self._searched = at if at >= 0 else max(0, len(self._buffer) - len(self._end))
            if len(self._buffer) > self._limit + len(self._start):
                raise OutputTooLong(self._what, self._limit)
            return
        with memoryview(self._buffer) as view:
            self.content = bytes(view[1:at])
            self.rest = bytes(view[at + len(self._end) : line_end]).strip()
        self._buffer = bytearray()
        self.complete = True
