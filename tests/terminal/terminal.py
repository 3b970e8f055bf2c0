"""A terminal with the real dashboard in it: a pty, what it shows, and all that was ever written to it."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from jupystra_tui.ui.stray_keys import SILENCE

ROOT = Path(__file__).parents[2]
KEYS = {"enter": "\r", "escape": "\x1b", "ctrl+s": "\x13", "ctrl+p": "\x10", "down": "\x1b[B", "tab": "\t"}


class Terminal:
    """`python -m MODULE ARGS` in a terminal of `columns` by `rows`; `recording` is every byte it wrote."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 24, module: str = "jupystra_tui"
    ) -> None:
        self.recording = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._line = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(ROOT)
            os.environ.update(TERM="xterm-256color", BROWSER="true", COLORTERM="truecolor")
            os.environ.update(COLUMNS=str(columns), LINES=str(rows))
            os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
        self._status: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is None:
            self.kill(signal.SIGKILL)
        self.close()

    def text(self) -> str:
        """Return what the screen shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Type keys, by name or as they are; after escape nothing for a while: else it begins another key."""
        for key in keys:
            os.write(self._line, KEYS.get(key, key).encode())
            if key == "escape":
                self._look(SILENCE)

    def shows(self, *words: str, seconds: float = 20.0) -> str:
        """Wait until all of `words` stand on a whole screen, and return it; fails with it when they do not come."""
        end = time.monotonic() + seconds
        while self._more() or not all(word in self.text() for word in words):
            if time.monotonic() > end or not self._read(min(0.2, end - time.monotonic())):
                raise AssertionError(f"{words} did not come within {seconds:g} s:\n{self.text()}")
        return self.text()

    def asks(self, *words: str, seconds: float = 20.0) -> str:
        """Wait for a dialog that comes up by itself, and look at it as long as it takes no keys; return the screen."""
        self.shows(*words, seconds=seconds)
        self._look(SILENCE)
        return self.text()

    def _look(self, seconds: float) -> None:
        """Take what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self._read(left):
            pass

    def _more(self, seconds: float = 0.1) -> bool:
        """Return whether more comes soon: what is drawn now is only part of a screen."""
        return self._line >= 0 and bool(select.select([self._line], [], [], seconds)[0])

    def ends(self, seconds: float = 15.0) -> int:
        """Wait until the program has ended, and return its exit status (negative: the signal)."""
        end = time.monotonic() + seconds
        while self._status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self._status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"still there after {seconds:g} s:\n{self.text()}")
            else:
                self._read(0.05)
        while self._more(0) and self._read(0):
            pass  # its last words
        return self._status

    def kill(self, number: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        os.kill(self.pid, number)
        return self.ends()

    def close(self) -> None:
        """Close the window."""
        if self._line >= 0:
            os.close(self._line)
            self._line = -1

    def _read(self, seconds: float) -> bool:
        """Take what the program writes within `seconds`; False when it has nothing more to say."""
        if self._line < 0:
            time.sleep(min(seconds, 0.02))
            return True
        ready, _, _ = select.select([self._line], [], [], max(0.0, seconds))
        if not ready:
            return True
        try:
            piece = os.read(self._line, 1 << 16)
        except OSError:
            return False
        self.recording += piece
        self._stream.feed(piece)
        return bool(piece)
