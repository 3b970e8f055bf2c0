"""OpenSSH on both sides: keys, the nodes' servers, and the laptop's client configuration."""

import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .nodes import LAN, LOGIN, Node
from .users import User
from .wait import until

PID_FILE = "run/sshd.pid"
USER_KEY = "id_user"
CONFIG = """\
PidFile /run/sshd.pid
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd yes
MaxStartups 100
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
"""


def make_keys(folder: Path, nodes: Iterable[str]) -> None:
    """Make a host key per node and one key for the users."""
    folder.mkdir(mode=0o700, parents=True)
    for name in (*nodes, USER_KEY):
        argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def public_key(keys: Path, name: str) -> str:
    return (keys / f"{name}.pub").read_text()


def write_etc(etc: Path, node: str, keys: Path) -> None:
    """Write a node's /etc/ssh: its server's configuration and key, and every node's public key."""
    folder = etc / "ssh"
    folder.mkdir()
    (folder / "sshd_config").write_text(CONFIG + ("Banner /etc/issue.net\n" if node == LOGIN else ""))
    for end in ("", ".pub"):
        shutil.copy(keys / f"{node}{end}", folder / f"ssh_host_ed25519_key{end}")
    known = (f"{name},{address} {bare_key(keys, name)}\n" for name, address in LAN.items())
    (folder / "ssh_known_hosts").write_text("".join(known))


def write_laptop(folder: Path, keys: Path, address: str, people: list[User]) -> Path:
    """Write what the laptop has: a configuration naming the login node for each user, its host key, and their key."""
    folder.mkdir()
    (folder / "known_hosts").write_text(f"{address} {bare_key(keys, LOGIN)}\n")
    shutil.copy(keys / USER_KEY, folder / USER_KEY)
    hosts = "".join(f"Host {alias(user)}\n  HostName {address}\n  User {user.name}\n" for user in people)
    config = folder / "ssh_config"
    config.write_text(f"""{hosts}Host *
  IdentityFile {folder / USER_KEY}
  IdentitiesOnly yes
  UserKnownHostsFile {folder / "known_hosts"}
  GlobalKnownHostsFile /dev/null
""")
    return config


def alias(user: User) -> str:
    """The name by which the laptop's configuration knows the login node, as that user."""
    return "hpc" if user.name == "ada" else f"hpc-{user.name}"


def start(node: Node, *options: str, pid_file: str = PID_FILE) -> None:
    """Start a node's server and wait until it listens, which is when it writes its pid file."""
    (node.root / pid_file).unlink(missing_ok=True)
    node.run("/usr/sbin/sshd", *options)
    until((node.root / pid_file).exists, f"sshd on {node.name}")


def stop(node: Node) -> None:
    """Stop listening; established sessions live on."""
    for process in node.processes():
        if process.pid_in_node == listener(node):
            process.kill(signal.SIGTERM)
    until(lambda: listener(node) is None, f"the end of sshd on {node.name}")


def kill_sessions(node: Node) -> None:
    """Kill the established sessions; the server listens on."""
    for process in node.processes():
        if process.name.startswith("sshd") and process.pid_in_node != listener(node):
            process.kill(signal.SIGKILL)


def listener(node: Node) -> int | None:
    """The pid, as the node counts, of its server if there is one."""
    try:
        pid = int((node.root / PID_FILE).read_text())
    except (OSError, ValueError):
        return None
    return pid if (node.root / f"proc/{pid}").exists() else None


def bare_key(keys: Path, name: str) -> str:
    """A public key as type and base64 alone."""
    return " ".join(public_key(keys, name).split()[:2])
