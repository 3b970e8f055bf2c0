"""ssh-agents, well and ill; each gives the path of its socket."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..cluster.wait import until

REFUSE = "/bin/false"


@contextmanager
def agent(folder: Path, *key_files: Path, confirm: bool = False) -> Iterator[str]:
    """A real agent that holds these keys; with `confirm` it asks before each use, and the answer is always no."""
    path = folder / "agent"
    environment = {"PATH": os.environ["PATH"], "SSH_ASKPASS": REFUSE, "SSH_ASKPASS_REQUIRE": "force"}
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            until(path.exists, "the agent")
            options = ["-q", *(["-c"] if confirm else [])]
            adding = ["ssh-add", *options, *map(str, key_files)]
            subprocess.run(
                adding, check=True, env={**environment, "SSH_AUTH_SOCK": str(path)}, capture_output=True
            )
            yield str(path)
        finally:
            process.terminate()


@contextmanager
def hung_agent(folder: Path) -> Iterator[str]:
    """A socket that takes connections and never answers."""
    path = str(folder / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        yield path


def dead_agent(folder: Path) -> str:
    """A socket that nobody listens on."""
    path = str(folder / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
    return path
