"""A practice cluster on loopback, for users without a cluster and for the project's own tests.

It has a login node and two compute nodes to ssh to, and a scheduler that simulates Slurm or LSF; jobs really run.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from jupystra_tui.ownership import check_peer

READY_SECONDS = 20.0
END_SECONDS = 10.0
SWITCH_SECONDS = 10.0


class PracticeClusterError(Exception):
    """The practice cluster did not start, or refused a switch."""


class PracticeCluster:
    """A practice cluster in its own process, which ends when this process ends, for whatever reason.

    `queue_seconds` is how long every job waits at least; `lively` adds sample jobs. `folder` contains
    all its files until it ends; `ssh_config`, `alias` and `user` are how to log in.
    """

    def __init__(self, *, queue_seconds: float = 3.0, lively: bool = False, scheduler: str = "slurm") -> None:
        argv = [
            sys.executable,
            "-m",
            __name__,
            "--queue-seconds",
            str(queue_seconds),
            "--scheduler",
            scheduler,
        ]
        self._process = subprocess.Popen(
            argv + ["--lively"] * lively,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        invitation = self._invitation()
        self.folder = Path(invitation["folder"])
        self.ssh_config = Path(invitation["ssh_config"])
        self.alias = invitation["alias"]
        self.user = invitation["user"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process of the practice cluster."""
        return self._process.pid

    def close(self) -> None:
        """End jobs and connections and remove the folder. Idempotent."""
        self._last_words()

    def drop_connections(self) -> None:
        """Close every ssh connection, to the login node and to the compute nodes."""
        self._switch("drop_connections")

    def set_compute_ssh(self, who: str) -> None:
        """Set who may log in to compute nodes with ssh: "open" (all), "job" (only where one has a job) or "closed"."""
        self._switch("set_compute_ssh", who=who)

    def stop_controller(self, seconds: float = 0.0) -> None:
        """Make the scheduler's commands fail because no controller answers, each after that many seconds."""
        self._switch("stop_controller", seconds=seconds)

    def hang_controller(self, takes: int = 1) -> None:
        """Make LSF's commands wait for their daemon; a submission that waits is then submitted `takes` times."""
        self._switch("hang_controller", takes=takes)

    def limit_pending(self) -> None:
        """Let LSF take no more jobs, as where a user has as many pending ones as the site allows."""
        self._switch("limit_pending")

    def waiting_submissions(self) -> int:
        """Return how many submissions wait for a daemon that hangs."""
        return int(self._switch("waiting_submissions"))

    def commands_run(self) -> list[str]:
        """Return the scheduler's commands that were run so far, each with its arguments."""
        return self._switch("commands_run").splitlines()

    def start_controller(self) -> None:
        """Make the controller answer again."""
        self._switch("start_controller")

    def fail_node(self, node: str, requeue_seconds: float = 120.0) -> None:
        """Make a node fail; its jobs are requeued for that many seconds, or end if they must not be requeued."""
        self._switch("fail_node", node=node, requeue_seconds=requeue_seconds)

    def resume_node(self, node: str) -> None:
        """Make a failed node available again."""
        self._switch("resume_node", node=node)

    def _invitation(self) -> dict[str, str]:
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], READY_SECONDS)
        line = stdout.readline() if ready else b""
        if not line:
            raise PracticeClusterError(f"the practice cluster did not start: {self._last_words()}")
        invitation: dict[str, str] = json.loads(line)
        return invitation

    def _last_words(self) -> str:
        """End the process by closing its standard input, and return its standard error."""
        try:
            _, message = self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            _, message = self._process.communicate()
        return message.decode(errors="replace").strip()

    def _switch(self, name: str, **arguments: object) -> str:
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(SWITCH_SECONDS)
            control.connect(str(self.folder / "control"))
            check_peer(control)
            control.sendall(json.dumps({"switch": name, "arguments": arguments}).encode() + b"\n")
            answer = json.loads(control.makefile("rb").readline())
        if answer["code"]:
            raise PracticeClusterError(answer["stderr"])
        return str(answer["stdout"])
