"""What the cluster needs of the machine."""

import os
import shutil
import subprocess
import sys

from . import software

SLURM = ("slurmctld", "slurmd", "sbatch", "munged")
PROGRAMS = (*SLURM, "sshd", "ssh", "ssh-keygen", "ip", "nsenter", "unshare", "setpriv")
PROBE = """
mount -t proc none /proc
mount -t tmpfs none /tmp
ip link add name veth1 type veth peer name veth2
ip link add name bridge1 type bridge
"""


def missing() -> str:
    """Why there can be no cluster on this machine, in one line; nothing when there can be one."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux"
    if os.geteuid() != 0:
        return "it needs root"
    path = os.pathsep.join(software.DEFAULT_PATH)
    absent = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if not (software.scripts() / "jupyter-lab").exists():
        return f"jupyter-lab is not in {software.scripts()}"
    if path := software.unreadable():
        return f"{path} is not readable by other users, as JupyterLab on the nodes must be"
    return _forbidden()


def _forbidden() -> str:
    """What the kernel or the container around us does not allow."""
    unshare = ["unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork"]
    done = subprocess.run([*unshare, "sh", "-ec", PROBE], capture_output=True, text=True, timeout=20)
    said = done.stderr.strip().splitlines() or ["no reason given"]
    return f"namespaces cannot be made here ({said[-1]})" if done.returncode else ""
