"""A cluster leaves nothing behind, whether it goes down or its owner is killed."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from .site import Site
from .wait import until


class Made(TypedDict):
    """What a cluster is made of: its link, and its processes as the host counts them."""

    device: str
    pids: list[int]


OWNER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from cluster.site import Site
site = Site.up(Path(sys.argv[2]))
pids = [site.keeper.pid, *(node.pid for node in site.nodes.values())]
inside = [process.pid for node in site.nodes.values() for process in node.processes()]
print(json.dumps({"device": site.link.device, "pids": pids + inside}), flush=True)
sys.stdin.read()
site.down()
"""


@contextmanager
def another_site(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Made]]:
    """A second cluster beside the first, owned by another process; and what it is made of."""
    argv = [sys.executable, "-c", OWNER, str(Path(__file__).parents[1]), str(folder)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        try:
            assert owner.stdout is not None
            assert select.select([owner.stdout], [], [], 30)[0], "the second cluster did not come up"
            yield owner, json.loads(owner.stdout.readline())
        finally:
            owner.kill()


def runs(pid: int) -> bool:
    """Whether the process is there and not merely waiting to be reaped."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return "\nState:\tZ" not in status


def remains(made: Made, folder: Path) -> list[str]:
    """What is left of a cluster: processes, its link, its folder, mounts of it in this namespace."""
    processes = [str(pid) for pid in made["pids"] if runs(pid)]
    link = [name for _, name in socket.if_nameindex() if name == made["device"]]
    mounts = [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(folder) in line]
    return processes + link + mounts + [str(folder)] * folder.exists()


def test_nothing_is_left_when_the_site_goes_down(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with another_site(folder) as (owner, made):
        assert {made["device"], str(made["pids"][0]), str(folder)} <= {*remains(made, folder)}
        assert made["device"] != site.link.device
        owner.communicate(b"", timeout=10)
        assert owner.returncode == 0
        assert remains(made, folder) == []


def test_nothing_is_left_when_its_owner_is_killed(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with another_site(folder) as (owner, made):
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait(10)
        until(lambda: remains(made, folder) == [], "the cluster to be gone")
