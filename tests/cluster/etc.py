"""A node's /etc: the host's, made into that of a small site."""

import shutil
import subprocess
from pathlib import Path

from . import slurm, software, sshd, users
from .nodes import LAN, LOGIN

BANNER = """\
*******************************************************************
*   Authorised users only.  Activity on this system is recorded.  *
*******************************************************************
"""
MOTD = "Welcome.  Do not run work on the login node; use sbatch.\n"
_JUPYTER = Path("profile.d/jupyter.sh")


def make(etc: Path, node: str, people: list[users.User], keys: Path) -> None:
    """Write the /etc of a node; `keys` holds the site's keys."""
    etc.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "/etc", str(etc)], check=True)
    for folder in ("profile.d", "ssh", "slurm"):
        shutil.rmtree(etc / folder, ignore_errors=True)
    users.add_accounts(etc, people)
    for name, text in _texts(node).items():
        write(etc / name, text)
    show_jupyter(etc)
    sshd.write_etc(etc, node, keys)
    slurm.write_etc(etc, keys)


def show_jupyter(etc: Path) -> None:
    """Have login shells find `jupyter`."""
    write(etc / _JUPYTER, f'PATH="{software.scripts()}:$PATH"\n')


def hide_jupyter(etc: Path) -> None:
    """Have no shell find `jupyter`; it must not be among the system's own programs."""
    if str(software.scripts()) in software.DEFAULT_PATH:
        raise RuntimeError(f"jupyter is in {software.scripts()}: run the tests from a virtual environment")
    (etc / _JUPYTER).unlink(missing_ok=True)


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file of a node's /etc, in place of a link that may lead out of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _texts(node: str) -> dict[str, str]:
    hosts = "".join(f"{address} {name}\n" for name, address in LAN.items())
    return {
        "hosts": f"127.0.0.1 localhost\n{hosts}",
        "hostname": f"{node}\n",
        "resolv.conf": "",
        "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files\n",
        "motd": MOTD if node == LOGIN else "",
        "issue.net": BANNER,
    }
