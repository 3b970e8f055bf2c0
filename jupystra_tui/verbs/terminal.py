"""The person's terminal, for questions: also where standard input and output are pipes."""

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
_GIVE_UP = "\x03\x04\x1b"
_SEQUENCE = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|O.)")
_REST_OF_KEY_SECONDS = 0.05


class Line:
    """A line while it is typed. `done` or `given_up` (esc, ^C, ^D) ends it; what else a key means is no part of it."""

    def __init__(self) -> None:
        self.text = ""
        self.done = self.given_up = False
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def feed(self, piece: bytes) -> str:
        """Take what was typed, and return what a terminal that shows it must draw."""
        drawn = ""
        for char in _SEQUENCE.sub("", self._decode(piece)):
            if self.done or self.given_up:
                break
            drawn += self._key(char)
        return drawn

    def _key(self, char: str) -> str:
        if char in _ENTER:
            self.done = True
        elif char in _GIVE_UP:
            self.given_up = True
        elif char in _ERASE or char == _ERASE_ALL:
            gone = len(self.text[-1:] if char in _ERASE else self.text)
            self.text = self.text[: len(self.text) - gone]
            return "\b \b" * gone
        elif char.isprintable():
            self.text += char
            return char
        return ""


class Terminal:
    """`/dev/tty`; one question at a time. `close` lets go of it."""

    def __init__(self, descriptor: int) -> None:
        self._line = descriptor

    @classmethod
    def find(cls) -> Self | None:
        """Return the terminal that this process may read from now, None where there is none."""
        try:
            descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            return None
        if _in_foreground(descriptor):
            return cls(descriptor)
        os.close(descriptor)
        return None

    @property
    def columns(self) -> int:
        """How many characters a line holds."""
        try:
            return os.get_terminal_size(self._line).columns or 80
        except OSError:
            return 80

    def write(self, text: str) -> None:
        """Show text; a terminal that is gone shows nothing."""
        with suppress(OSError):
            os.write(self._line, text.encode(errors="replace"))

    async def line(self, question: str, *, echo: bool) -> str | None:
        """Return the line that the person types, None when they give up; shown while it is typed with `echo`."""
        line = Line()
        with self._keys_at_once():  # before the question: no quick answer is shown
            self.write(question)
            try:
                while not (line.done or line.given_up):
                    drawn = line.feed(await self._typed())
                    if echo:
                        self.write(drawn)
            finally:
                self.write("\n")
        return line.text if line.done else None

    async def _typed(self) -> bytes:
        """Return the next keys, `^D` when the terminal is gone; a thread waits for them: macOS polls no terminal."""
        wake, waker = os.pipe()
        reading = asyncio.ensure_future(asyncio.to_thread(_read, self._line, wake))
        try:
            return await asyncio.shield(reading)
        finally:
            os.close(waker)
            await asyncio.wait({reading})
            os.close(wake)

    @contextmanager
    def _keys_at_once(self) -> Iterator[None]:
        """Hand over every key as it is typed and show none; afterwards all is as it was."""
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
        """Let go of the terminal; again without harm."""
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


def _in_foreground(descriptor: int) -> bool:
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False
