"""A command run over ssh: a process connected to a session channel."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import paramiko

from jupystra_tui.demo.process import signal_group

CHUNK = 1 << 16
HANG_UP_SECONDS = 2.0
REPLY_SECONDS = 0.01
KILLED_BY_SIGNAL = 255


class ExecSession:
    """Runs a command through `/bin/sh` in its own process group until it ends or the channel closes."""

    def __init__(
        self, channel: paramiko.Channel, command: bytes, home: Path, environment: Mapping[str, str]
    ) -> None:
        self._channel = channel
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [b"/bin/sh", b"-c", command],
            cwd=home,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            umask=0o022,
        )
        self._over = threading.Event()
        for work in (self._feed, self._report, self._watch_channel):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def finish(self, seconds: float) -> None:
        """Wait that many seconds for its end, then kill it."""
        if not self._over.wait(seconds):
            signal_group(self._process.pid, signal.SIGKILL)

    def _feed(self) -> None:
        """Copy the channel's bytes to the process, and close its input at the end of file."""
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError), stdin:
            while received := self._channel.recv(CHUNK):
                stdin.write(received)
                stdin.flush()

    def _report(self) -> None:
        """Pass the output on until there is no more, then the exit status."""
        channel = self._channel
        errors = threading.Thread(
            target=_copy, args=(self._process.stderr, channel.sendall_stderr), daemon=True
        )
        errors.start()
        _copy(self._process.stdout, channel.sendall)
        errors.join()
        code = self._process.wait()
        self._over.set()
        # paramiko answers the exec request only after this session exists: a close before the answer
        # would be a refusal.
        time.sleep(max(0.0, self._started + REPLY_SECONDS - time.monotonic()))
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            channel.send_exit_status(code if code >= 0 else KILLED_BY_SIGNAL)
            channel.close()

    def _watch_channel(self) -> None:
        """End the process group when the channel closes before the process does."""
        self._channel.recv_exit_status()  # a client sends none: this returns when the channel closes
        if self._over.is_set():
            return
        signal_group(self._process.pid, signal.SIGTERM)
        self.finish(HANG_UP_SECONDS)


def _copy(source: IO[bytes] | None, send: Callable[[bytes], object]) -> None:
    """Send everything from a pipe; continue to read when sending fails, so that the writer can end."""
    assert source is not None
    with source:
        while output := os.read(source.fileno(), CHUNK):
            with contextlib.suppress(OSError, EOFError):
                send(output)
