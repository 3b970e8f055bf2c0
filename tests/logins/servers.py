"""A node's sshd and PAM, made such that each user gets in the way that they stand for."""

import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path

from ..cluster.etc import write
from ..cluster.nodes import LOGIN, Node, Process
from ..cluster.sshd import PID_FILE, start
from . import keys
from .people import GRACE, Person, Way

HERE = Path(__file__).parent
BASTION = "bastion"
HASTY_PORT = 2222
HASTY_PID = "run/sshd-hasty.pid"
SSHD_LOG, PAM_LOG = "sshd.log", "pam_story.log"
USED_CODES = "run/pam_story.used"
MODULE = "pam_story.so"
FLOOD = "\x1b[31mAll work and no play makes Jack a dull boy.\x1b[0m\n"
FLOOD_BYTES = 250_000  # sshd dies of more than 256 KiB
CONFIG = """\
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
GSSAPIStrictAcceptorCheck no
TrustedUserCAKeys /etc/ssh/user_ca.pub
PrintMotd no
PrintLastLog no
MaxStartups 100
LogLevel VERBOSE
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
"""
PAM = f"""\
auth required /etc/logins/{MODULE}
account required /etc/logins/{MODULE}
session required pam_permit.so
password required /etc/logins/{MODULE}
"""


def compile_module(folder: Path) -> None:
    """Compile the PAM module into a folder."""
    argv = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(folder / MODULE), str(HERE / "pam_story.c"), "-lpam"]
    subprocess.run(argv, check=True)


def write_etc(etc: Path, node: str, people: list[Person], folder: Path) -> None:
    """Write a node's sshd_config, PAM configuration and stories; `folder` holds the module and the laptop's keys."""
    write(etc / "pam.d/sshd", PAM)
    (etc / "logins").mkdir(mode=0o700)
    shutil.copy(folder / MODULE, etc / "logins")
    shutil.copy(folder / f"{keys.AUTHORITY}.pub", etc / "ssh/user_ca.pub")
    write(etc / "ssh/flood", FLOOD * (FLOOD_BYTES // len(FLOOD)))
    ways = {person.name: _way(person, node) for person in people}
    for name, way in ways.items():
        write(etc / "logins" / name, way.story, 0o600)
    matches = (_match(name, way) for name, way in ways.items())
    banner = "Banner /etc/issue.net\n" if node == LOGIN else ""
    write(etc / "ssh/sshd_config", CONFIG + banner + _no_penalties() + "".join(matches))


def start_all(node: Node) -> None:
    """Start a node's server, and the login node's hasty one; both log to a file."""
    start(node, "-E", f"/var/log/{SSHD_LOG}", "-o", f"PidFile=/{PID_FILE}")
    if node.name == LOGIN:
        hasty = ["-p", str(HASTY_PORT), "-o", f"LoginGraceTime={GRACE}", "-o", f"PidFile=/{HASTY_PID}"]
        start(node, "-E", f"/var/log/{SSHD_LOG}", *hasty, pid_file=HASTY_PID)


def connections(node: Node) -> int:
    """How many processes serve a connection to the node, logged in or not."""
    return len(_serving(node))


def kill_connections(node: Node) -> None:
    """Kill the processes that serve a connection; both servers keep listening."""
    for process in _serving(node):
        process.kill(signal.SIGKILL)


def _serving(node: Node) -> list[Process]:
    listening = {_pid(node, PID_FILE), _pid(node, HASTY_PID)}
    return [
        one for one in node.processes() if one.name.startswith("sshd") and one.pid_in_node not in listening
    ]


def _pid(node: Node, file: str) -> int:
    try:
        return int((node.root / file).read_text())
    except OSError:
        return 0


def _way(person: Person, node: str) -> Way:
    return {LOGIN: person.login, BASTION: person.bastion}.get(node, person.node)


def _match(name: str, way: Way) -> str:
    lines = (f"AuthenticationMethods {way.methods}", *way.options)
    return "".join([f"Match User {name}\n", *(f"  {line}\n" for line in lines)])


@cache
def _no_penalties() -> str:
    """Since OpenSSH 9.8 a server shuts out addresses that fail often, as the laptop's does here."""
    line = "PerSourcePenalties no"
    known = subprocess.run(
        ["/usr/sbin/sshd", "-T", "-f", "/dev/null", "-o", line], capture_output=True, text=True
    )
    return "" if "Bad configuration option" in known.stderr else f"{line}\n"
