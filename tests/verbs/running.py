"""Verbs under way: real processes of `jupystra` that have no terminal, what they print and how they end."""

import json
import os
import signal
import subprocess
import sys
from types import TracebackType
from typing import Any, NamedTuple, Self

from jupystra_tui.demo import PracticeCluster

SECONDS = 60
PROGRAM = [sys.executable, "-m", "jupystra_tui.verbs"]


class Ended(NamedTuple):
    """How a verb ended: its exit status, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """The one JSON object on standard output."""
        return json.loads(self.out)


def jupystra(*words: str, **environment: str) -> Ended:
    """Run a verb to its end."""
    with Running(*words, **environment) as verb:
        return verb.ends()


def told(*words: str, **environment: str) -> tuple[int, Any]:
    """Run a verb with --json; returns its exit status and what it told."""
    ended = jupystra(*words, "--json", **environment)
    assert ended.out, ended.err
    return ended.status, ended.told


def start(cluster: PracticeCluster) -> tuple[str, ...]:
    """Return the words that start a small server on a practice cluster."""
    return ("-F", str(cluster.ssh_config), "start", cluster.alias, "-W", "0:20:00", "-R", "500M")


class Running:
    """A verb under way; killed where a story leaves it before its end."""

    def __init__(self, *words: str, **environment: str) -> None:
        self._said = ""
        self._process = subprocess.Popen(
            [*PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True, env={**os.environ, **environment},
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def says(self, words: str) -> str:
        """Wait until a line on standard error holds these words, and return it."""
        assert self._process.stderr
        for line in self._process.stderr:
            self._said += line
            if words in line:
                return line
        raise AssertionError(f"{words!r} was never said: {self.ends()}")

    def prints(self) -> str:
        """Wait for the next line on standard output, and return it."""
        assert self._process.stdout
        return self._process.stdout.readline()

    def hears(self, number: signal.Signals) -> Ended:
        """Send a signal, and return how the verb ends."""
        self._process.send_signal(number)
        return self.ends()

    def ends(self) -> Ended:
        """Wait for the end."""
        out, err = self._process.communicate(timeout=SECONDS)
        return Ended(self._process.returncode, out, self._said + err)
