"""Answers the questions of one ssh process, which runs a small program of ours as its askpass."""

import asyncio
import secrets
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from jupystra_tui.errors import ConfigError, JupystraError
from jupystra_tui.ownership import check_peer
from jupystra_tui.ssh import askpass_helper
from jupystra_tui.text import Secret, clean_lines

QUESTION_LIMIT = 1 << 18  # more than an argument can hold


class Question(Struct, frozen=True):
    """A question of ssh: `kind` is empty for a text, `confirm` for a yes, `none` for a note without an answer.

    A note, such as "touch your key", is shown until ssh ends it.
    """

    kind: str
    text: str


class Answerer(Protocol):
    """Answers the questions of one ssh process."""

    asked: bool
    """Whether the hop was sent an answer."""

    async def __call__(self, question: Question) -> Secret:
        """Return the answer; raises JupystraError when ssh must end. Canceled when ssh no longer needs an answer."""

    def add_stderr(self, lines: str) -> None:
        """Handle new lines of ssh's error output, clean."""

    def accepted(self) -> None:
        """The hop accepted the answers."""

    def closed(self) -> None:
        """No further question is expected. Idempotent."""


class Askpass:
    """A 0600 socket and a 0700 program with a cookie, for one ssh process; `close` removes both.

    The program is in `programs`, or in `runtime` where it cannot be written there, as on a full disk.

    Where `answer` raises, because the user cancels or gave three wrong answers, `give_up` must end ssh with all that it
    started, for that reason: otherwise ssh continues with empty answers.
    """

    def __init__(
        self, runtime: Path, programs: Path, answer: Answerer, give_up: Callable[[JupystraError], None]
    ) -> None:
        name = secrets.token_hex(4)
        self.program = programs / f"askpass-{name}"
        self._other_program = runtime / f"askpass-{name}"
        self._socket = runtime / f"a-{name}"
        self._cookie = secrets.token_hex(16)
        self._answer = answer
        self._give_up = give_up
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that ssh needs."""
        return {"SSH_ASKPASS": str(self.program), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":jupystra"}

    async def start(self) -> None:
        """Start to listen; raises ConfigError if neither socket nor program can be created."""
        try:
            await self._start()
        except OSError as error:
            self.close()
            raise ConfigError(
                f"{error.filename or self._socket} cannot be written: {error.strerror or error}",
                "Free some space on this disk: ssh needs a small file to prompt you.",
            ) from error

    async def _start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self._socket), limit=QUESTION_LIMIT)
        self._socket.chmod(0o600)
        try:
            self._write_program()
        except OSError:
            self.program.unlink(missing_ok=True)
            self.program = self._other_program
            self._write_program()

    def _write_program(self) -> None:
        argv = map(shlex.quote, (sys.executable, "-IS", askpass_helper.__file__, str(self._socket)))
        self.program.touch(0o700)
        self.program.write_text(
            f'#!/bin/sh\nexec {" ".join(argv)} "$SSH_ASKPASS_PROMPT" "$1" <<\'END\'\n{self._cookie}\nEND\n'
        )

    @property
    def asking(self) -> bool:
        """Whether a question is open."""
        return bool(self._tasks)

    @property
    def asked(self) -> bool:
        """Whether the hop was sent an answer."""
        return self._answer.asked

    def add_stderr(self, lines: str) -> None:
        """Handle new lines of ssh's error output."""
        self._answer.add_stderr(lines)

    def accepted(self) -> None:
        """The hop accepted the login."""
        self._answer.accepted()

    def close(self) -> None:
        """Stop listening. Idempotent."""
        self._answer.closed()
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        self._socket.unlink(missing_ok=True)
        self.program.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            check_peer(writer.get_extra_info("socket"))
            cookie, kind, text = [(await reader.readuntil(b"\0"))[:-1] for _ in range(3)]
            if secrets.compare_digest(cookie, self._cookie.encode()):
                question = Question(kind.decode(errors="replace"), clean_lines(text))
                answer = await self._answered(question, reader)
                writer.write(b"\x06" + answer.reveal().encode() if answer is not None else b"")
                await writer.drain()
        except JupystraError as error:
            self._give_up(error)
        except (ValueError, OSError, EOFError, asyncio.LimitOverrunError):
            pass  # no answer: ssh continues without it
        finally:
            writer.close()

    async def _answered(self, question: Question, reader: asyncio.StreamReader) -> Secret | None:
        """Return the answer, None when ssh ended the askpass program: it no longer needs an answer."""
        answering = asyncio.ensure_future(self._answer(question))
        gone = asyncio.ensure_future(reader.read())
        try:
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            answering.cancel()
            gone.cancel()
            await asyncio.gather(answering, gone, return_exceptions=True)
