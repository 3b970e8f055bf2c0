"""What a node sees of the file system: its own and the shared folders, and nothing of the laptop's."""

import os
import shutil
from pathlib import Path

from . import kernel

TEMPORARY = {"/run": "755", "/tmp": "1777", "/var/tmp": "1777", "/root": "755", "/dev/shm": "1777"}
OWN = {"etc": "/etc", "log": "/var/log", "spool": "/var/spool"}
SERVICE_FOLDERS = {
    "/run/munge": "munge",
    "/run/slurm": "slurm",
    "/run/sshd": "root",
    "/run/lock": "root",
    "/var/lib/munge": "munge",
    "/var/log/munge": "munge",
    "/var/spool/slurmctld": "slurm",
    "/var/spool/slurmd": "root",
}


def arrange(folder: Path, node: str, software: dict[str, str]) -> None:
    """Turn this mount namespace into the node's: `folder` as site.py laid it out, `software` target to source."""
    own = {target: folder / "nodes" / node / name for name, target in OWN.items()}
    # Opened first, because the mounts below hide where they come from.
    shown = {target: os.open(source, os.O_PATH) for target, source in own.items()}
    shown["/home"] = os.open(folder / "home", os.O_PATH)
    borrowed = {target: os.open(source, os.O_PATH) for target, source in software.items()}
    kernel.keep_mounts_private()
    for target, mode in TEMPORARY.items():
        kernel.mount("tmpfs", target, f"mode={mode}")
    kernel.mount("tmpfs", "/var/lib/munge", "mode=711")
    for target, fd in shown.items():
        kernel.bind(f"/proc/self/fd/{fd}", target)
    for target, fd in borrowed.items():
        Path(target).mkdir(parents=True, exist_ok=True)
        kernel.bind(f"/proc/self/fd/{fd}", target, read_only=True)
    _pseudo_files()
    for path, owner in SERVICE_FOLDERS.items():
        Path(path).mkdir(exist_ok=True)
        shutil.chown(path, owner)
    for fd in (*shown.values(), *borrowed.values()):
        os.close(fd)


def _pseudo_files() -> None:
    """Processes and terminals of this node only."""
    kernel.mount("proc", "/proc")
    kernel.mount("devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=620,gid=5")
    if not Path("/dev/ptmx").is_symlink():
        kernel.bind("/dev/pts/ptmx", "/dev/ptmx")
