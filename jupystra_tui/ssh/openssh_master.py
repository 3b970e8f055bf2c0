"""The OpenSSH master that the worker starts for a login."""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from paramiko.ssh_exception import ChannelException

from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.ssh.askpass import Askpass
from jupystra_tui.ssh.mux_link import Master
from jupystra_tui.ssh.openssh_log import OpenSshLog
from jupystra_tui.ssh.stderr_lines import KEPT, REPORTED_LIMIT
from jupystra_tui.text import clean_lines

T = TypeVar("T")
FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.01, 1.3, 0.1
REPORT_SECONDS, SILENT_SECONDS = 20.0, 180.0  # longer than an ssh server waits for a login
REASON_SECONDS = 0.5
END_SECONDS = 2.0
MESSAGES = 200
SILENT = "no answer yet from the login node: check the ssh-agent, the ProxyCommand and your phone"


class OpenSshMaster(Master):
    """An `ssh -M -N` in a session of its own, whose questions `askpass` answers; made by `start`."""

    name = "OpenSSH"

    def __init__(
        self, control: Path, process: "subprocess.Popen[bytes]", askpass: Askpass, log: OpenSshLog
    ) -> None:
        super().__init__(control)
        self.log = log
        self._process = process
        self._askpass = askpass
        self._loop = asyncio.get_running_loop()
        self._given_up: JupystraError | None = None
        self._active = time.monotonic()
        self._messages: list[str] = []
        self.logged_in = False
        self._closing = threading.Lock()
        self._reader = threading.Thread(target=self._read_stderr, name="ssh stderr", daemon=True)

    @classmethod
    def start(
        cls, argv: list[str], env: dict[str, str], control: Path, askpass: Askpass, log: OpenSshLog
    ) -> "OpenSshMaster":
        """Start ssh; `ready` waits for the login."""
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**env, **askpass.environment},
        )
        master = cls(control, process, askpass, log)
        master._reader.start()
        return master

    async def ready(self, report: Callable[[str], None]) -> None:
        """Wait until ssh is logged in, however long the user takes to answer; raises EOFError when it ended."""
        pause, reported = FIRST_PAUSE, False
        while not self.control.exists():
            if self._given_up or self._process.poll() is not None:
                raise EOFError("ssh has ended")
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE)
            if self._askpass.asking:
                self._active = time.monotonic()
            silent = time.monotonic() - self._active
            if silent > REPORT_SECONDS and not reported:
                reported = True
                report(SILENT)
            if silent > SILENT_SECONDS:
                self.give_up(_too_silent())
        self.logged_in = True

    def give_up(self, why: JupystraError) -> None:
        """Terminate ssh with all processes that it started."""
        self._given_up = self._given_up or why
        self._signal(signal.SIGTERM)

    @property
    def given_up(self) -> JupystraError | None:
        """Why this side ended ssh during the login, if it did."""
        return self._given_up

    @property
    def disconnect_reason(self) -> str:
        """Why the server ended the connection, empty if it gave no reason."""
        return self.log.disconnect_reason

    def outcome(self) -> tuple[str, int]:
        """Return ssh's messages and its exit status, once it has ended; blocks for a moment."""
        code = self._process.wait(END_SECONDS)
        self._reader.join(END_SECONDS)
        return "\n".join(self._messages), code

    def explain(self, refusal: ChannelException) -> ChannelException:
        """Return a refusal with its reason, which only the log has; it was written before the refusal came."""
        deadline = time.monotonic() + REASON_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(IndexError):
                return self.log.refusals.popleft()
            time.sleep(FIRST_PAUSE)
        return refusal

    def close(self) -> None:
        """End ssh with all processes that it started: TERM, then KILL; blocking, for a moment. Idempotent."""
        with self._closing:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                self._signal(sign)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(END_SECONDS)
                    break
            if self._process.stdin:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            self._reader.join(END_SECONDS)
            self.control.unlink(missing_ok=True)

    def _signal(self, sign: signal.Signals) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, sign)

    def _read_stderr(self) -> None:
        """Read the log for as long as ssh runs; before the login it has a limit."""
        assert self._process.stderr
        rest, received = b"", 0
        with self._process.stderr as stream:
            while piece := os.read(stream.fileno(), KEPT):
                self._active, received = time.monotonic(), received + len(piece)
                *lines, rest = (rest + piece).split(b"\n")
                rest = rest[-KEPT:]
                for line in lines:
                    self._read_line(clean_lines(line).rstrip())
                if received > REPORTED_LIMIT and not self.logged_in:
                    self._call(self.give_up, _too_many_messages())
                    return

    def _read_line(self, line: str) -> None:
        if line and not self.log.add(line) and not self.logged_in:
            self._messages = [*self._messages, line][-MESSAGES:]
            self._call(self._askpass.add_stderr, line + "\n")

    def _call(self, function: Callable[[T], object], argument: T) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nothing can be reported
            self._loop.call_soon_threadsafe(function, argument)


def _too_silent() -> ConnectError:
    return ConnectError(
        f"The login node did not answer within {SILENT_SECONDS:.0f} s",
        "See ProxyJump, ProxyCommand and IdentityAgent in ~/.ssh/config: one of them may hang.",
    )


def _too_many_messages() -> ConnectError:
    return ConnectError(
        f"ssh printed more than {REPORTED_LIMIT // 1024} kB of messages: it was terminated",
        "See ProxyJump and ProxyCommand in ~/.ssh/config: one of them prints without end.",
    )
