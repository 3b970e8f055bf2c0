"""The user's terminal, for prompts: works also if standard input and output are pipes."""

import asyncio
import codecs
import os
import re
import select
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

_ENTER, _ERASE, _ERASE_ALL = "\r\n", "\x7f\b", "\x15"
_CANCEL = "\x03\x04\x1b"
_SEQUENCE = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|O.)")
_REST_OF_KEY_SECONDS = 0.05


class TypedLine:
    """A line while it is typed. It ends with `done` or `canceled` (esc, ^C, ^D); other control keys are ignored."""

    def __init__(self) -> None:
        self.text = ""
        self.done = self.canceled = False
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def feed(self, piece: bytes) -> str:
        """Add typed bytes, and return the text to echo."""
        drawn = ""
        for char in _SEQUENCE.sub("", self._decode(piece)):
            if self.done or self.canceled:
                break
            drawn += self._key(char)
        return drawn

    def _key(self, char: str) -> str:
        if char in _ENTER:
            self.done = True
        elif char in _CANCEL:
            self.canceled = True
        elif char in _ERASE or char == _ERASE_ALL:
            gone = len(self.text[-1:] if char in _ERASE else self.text)
            self.text = self.text[: len(self.text) - gone]
            return "\b \b" * gone
        elif char.isprintable():
            self.text += char
            return char
        return ""


class Terminal:
    """`/dev/tty`; one question at a time. The owner calls `close`."""

    def __init__(self, descriptor: int) -> None:
        self._line = descriptor

    @classmethod
    def find(cls) -> Self | None:
        """Return the terminal if this process may read from it, else None."""
        try:
            descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            return None
        if _is_foreground(descriptor):
            return cls(descriptor)
        os.close(descriptor)
        return None

    @property
    def columns(self) -> int:
        """Width in characters."""
        try:
            return os.get_terminal_size(self._line).columns or 80
        except OSError:
            return 80

    def write(self, text: str) -> None:
        """Print text; does nothing if the terminal is gone."""
        with suppress(OSError):
            os.write(self._line, text.encode(errors="replace"))

    async def line(self, question: str, *, echo: bool) -> str | None:
        """Return the line that the user types, None on cancel; with `echo` it is shown while typed."""
        line = TypedLine()
        with self._raw_mode():  # echo is off before the question, so that a fast answer is not shown
            self.write(question)
            try:
                while not (line.done or line.canceled):
                    drawn = line.feed(await self._read_keys())
                    if echo:
                        self.write(drawn)
            finally:
                self.write("\n")
        return line.text if line.done else None

    async def _read_keys(self) -> bytes:
        """Return the next keys, `^D` if the terminal is gone; reads in a thread because macOS cannot poll terminals."""
        wake, waker = os.pipe()
        reading = asyncio.ensure_future(asyncio.to_thread(_read, self._line, wake))
        try:
            return await asyncio.shield(reading)
        finally:
            os.close(waker)
            await asyncio.wait({reading})
            os.close(wake)

    @contextmanager
    def _raw_mode(self) -> Iterator[None]:
        """Deliver every key at once without echo, and restore the terminal settings afterwards."""
        before = termios.tcgetattr(self._line)
        ours = termios.tcgetattr(self._line)
        ours[0] &= ~(termios.ICRNL | termios.IXON)
        ours[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(self._line, termios.TCSADRAIN, ours)
        try:
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(self._line, termios.TCSAFLUSH, before)

    def close(self) -> None:
        """Close the terminal. Idempotent."""
        if self._line >= 0:
            os.close(self._line)
        self._line = -1


def _read(line: int, wake: int) -> bytes:
    if line not in select.select([line, wake], [], [])[0]:
        return b""
    try:
        typed = os.read(line, 1024)
        if typed.endswith(b"\x1b") and select.select([line], [], [], _REST_OF_KEY_SECONDS)[0]:
            typed += os.read(line, 1024)
    except OSError:
        return b"\x04"
    return typed or b"\x04"


def _is_foreground(descriptor: int) -> bool:
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
