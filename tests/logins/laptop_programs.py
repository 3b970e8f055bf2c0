"""Programs of the user's own laptop: an OpenSSH master in another terminal, and others that end at once."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_master(cluster_config: str, control: Path) -> Iterator[int]:
    """A master of the user's own, as `ssh -M` in another terminal; its process id."""
    argv = ["ssh", "-F", cluster_config, "-M", "-N", "-S", str(control), "-oControlPersist=no", "hpc"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not control.exists():
                assert process.poll() is None
                os.sched_yield()
            yield process.pid
        finally:
            process.kill()


def run(*argv: str) -> str:
    """Run a program of this laptop; returns its messages."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stderr
