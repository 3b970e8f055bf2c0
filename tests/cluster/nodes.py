"""The nodes seen from the tests: making them, running commands in them, ending them."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import software

LAN = {"login": "10.92.0.10", "n1": "10.92.0.11", "n2": "10.92.0.12"}
LOGIN, *COMPUTE = LAN
PATH = ":".join(software.DEFAULT_PATH)
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "xterm"}


@dataclass(frozen=True)
class Process:
    """A process of a node: `pid` as the host counts, `pid_in_node` as the node does."""

    pid: int
    pid_in_node: int
    name: str
    uid: int

    def kill(self, with_signal: signal.Signals) -> None:
        """Send a signal; harmless when the process has ended meanwhile."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, with_signal)


@dataclass(frozen=True)
class Node:
    """One node; `pid` is that of its init, as the host counts."""

    name: str
    pid: int

    @property
    def root(self) -> Path:
        """The node's own file system, as the host's root may look into it."""
        return Path(f"/proc/{self.pid}/root")

    def command(self, *argv: str) -> list[str]:
        """The host's argv for running a command as root in the node, with a plain environment."""
        inside = ["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "--"]
        return [*inside, "env", "-i", *(f"{k}={v}" for k, v in ENVIRONMENT.items()), *argv]

    def run(
        self, *argv: str, stdin: str = "", check: bool = True, timeout: float = 30
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root in the node; RuntimeError with what it said when it fails and `check` is set."""
        return run(self.command(*argv), stdin, check, timeout)

    def processes(self) -> Iterator[Process]:
        """Every process of the node but its init."""
        space = os.readlink(f"/proc/{self.pid}/ns/pid")
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(entry / "ns/pid") == space and int(entry.name) != self.pid:
                    yield _process(entry)
            except OSError:  # it has ended meanwhile
                continue


def _process(entry: Path) -> Process:
    lines = (line.split(":", 1) for line in (entry / "status").read_text().splitlines())
    status = {key: value.split() for key, value in lines}
    return Process(int(entry.name), int(status["NSpid"][-1]), " ".join(status["Name"]), int(status["Uid"][0]))


def run(
    argv: list[str], stdin: str = "", check: bool = True, timeout: float = 30
) -> subprocess.CompletedProcess[str]:
    """Run a command on the host, its output kept as text."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode:
        raise RuntimeError(f"{argv} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


class Keeper:
    """The process that owns the nodes; closing the pipe to it ends them and removes the folder."""

    def __init__(self, folder: Path, names: Iterable[str] = LAN) -> None:
        plan = {"folder": str(folder), "nodes": list(names), "software": software.to_show()}
        reading, writing = os.pipe()
        self._lifeline = open(writing, "wb")  # noqa: SIM115  closed by end()
        module = f"{__package__.rpartition('.')[2]}.keeper"
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-m", module, json.dumps(plan)],
            cwd=Path(__file__).parents[1],
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a ^C in the terminal is for the tests only
        )
        os.close(reading)
        self.pid = self._process.pid

    def nodes(self) -> dict[str, Node]:
        """Wait until the nodes are there; RuntimeError with the reason when they cannot be made."""
        assert self._process.stdout is not None
        told, _, _ = select.select([self._process.stdout], [], [], 20)
        line = self._process.stdout.readline() if told else b""
        if not line:
            raise RuntimeError(self.end())
        return {name: Node(name, pid) for name, pid in json.loads(line).items()}

    def end(self) -> str:
        """End every process of every node, wait until the folder is gone, and return what the keeper complained of."""
        self._lifeline.close()
        return self._process.communicate(timeout=20)[1].decode(errors="replace")
