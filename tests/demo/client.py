"""A practice cluster as somebody with an OpenSSH client sees it."""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Seen = TypeVar("Seen")
SECONDS = 30.0


def until(look: Callable[[], Seen], what: str, seconds: float = SECONDS) -> Seen:
    """Look until there is something to see, and answer it; TimeoutError names what never came."""
    give_up = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.05)
    return seen


class Client:
    """Runs commands on the login node, each over a connection of its own."""

    def __init__(self, ssh_config: Path, alias: str) -> None:
        self.folder = ssh_config.parent
        self.alias = alias
        self.ssh = ["ssh", "-F", str(ssh_config), "-o", "BatchMode=yes"]

    def run(self, command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """What the command did, with everything it printed."""
        argv = [*self.ssh, "-q", self.alias, command]
        return subprocess.run(argv, input=stdin, capture_output=True, timeout=SECONDS)

    def ask(self, command: str, stdin: bytes = b"") -> str:
        """What a command that has to succeed prints."""
        done = self.run(command, stdin)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode()

    def submit(self, script: str, options: str = "") -> str:
        """The id of a new job."""
        return self.ask(f"sbatch --parsable {options}", f"#!/bin/sh\n{script}\n".encode()).strip()

    def squeue(self, job: str, format: str = "%T") -> str:
        """What squeue says of a job, as long as it knows of it."""
        return self.ask(f"squeue -h -t all -j {job} -o {shlex.quote(format)}").strip()

    def wait_for(self, job: str, state: str) -> None:
        """Wait until squeue says that."""
        until(lambda: self.squeue(job) == state, f"job {job} to be {state}")

    @contextmanager
    def riding(self, node: str, *options: str) -> Iterator[Path]:
        """A master connection to a node through the login node; answers its control socket."""
        control = self.folder / f"ctl-{node}"
        through = shlex.join([*self.ssh, "-q", "-W", f"{node}:22", self.alias])
        argv = [*self.ssh, "-N", "-M", "-S", str(control), "-o", f"ProxyCommand={through}", *options, node]
        known = ["-o", f"UserKnownHostsFile={self.folder}/home/.ssh/known_hosts"]
        master = subprocess.Popen([*argv[:1], *known, *argv[1:]], stderr=subprocess.DEVNULL)
        try:
            until(lambda: control.exists() or master.poll() is not None, f"a connection to {node}")
            assert master.poll() is None, f"the connection to {node} ended"
            yield control
        finally:
            _end(master)
            control.unlink(missing_ok=True)  # one that was killed leaves it


def forward(control: Path, local: int, remote: int) -> int:
    """Ask a master connection for one more forward; answers ssh's exit code."""
    spec = f"127.0.0.1:{local}:127.0.0.1:{remote}"
    argv = ["ssh", "-F", "/dev/null", "-S", str(control), "-O", "forward", "-L", spec, "x"]
    return subprocess.run(argv, capture_output=True, timeout=SECONDS).returncode


def _end(master: subprocess.Popen[bytes]) -> None:
    """End a master connection, which now and then is deaf to SIGTERM."""
    master.terminate()
    try:
        master.wait(2)
    except subprocess.TimeoutExpired:
        master.kill()
        master.wait(SECONDS)


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
