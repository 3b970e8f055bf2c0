"""The compute nodes' host keys: from the login node's own list when it has them, else from the person, once."""

import shlex
from pathlib import Path

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import HostKey
from jupystra_tui.ssh import hostkeys
from jupystra_tui.ssh.connection import HANDSHAKE_SECONDS, Connection
from jupystra_tui.ssh.hostkeys import Verdict
from jupystra_tui.ssh.node_faults import forbidden
from jupystra_tui.ssh.prompting import Ask
from jupystra_tui.ssh.reach import PROHIBITED
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean

FILES = "~/.ssh/known_hosts /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"


async def know(connection: Connection, node: str, name: str, files: tuple[Path, Path], ask: Ask) -> None:
    """See that the key of `node` stands under `name` in one of our own `files`; OpenSSH is strict about it ever after.

    The first file is for good, the second for what the person accepts once. Raises TunnelError when the node cannot
    be reached, GivenUp when the person does not trust it.
    """
    if await in_thread(hostkeys.lookup, name, files):
        return
    script = f"for file in {FILES}; do ssh-keygen -F {shlex.quote(node)} -f $file 2>/dev/null; done"
    listed = hostkeys.read_lookup((await connection.run(script)).out)
    revoked = {key.blob for key in listed if key.marker == "@revoked"}
    plain = [key for key in listed if not key.marker and key.blob not in revoked]
    for key in plain:
        hostkeys.append(files[0], name, key.type, key.blob)
    if not plain:
        type_, blob = await in_thread(_show, connection, node)
        if hostkeys.judge(type_, blob, listed) is Verdict.REVOKED:
            raise hostkeys.refusal(node, type_, blob, Verdict.REVOKED, listed)
        answer = await hostkeys.ask_whether(ask, HostKey(node, type_, hostkeys.fingerprint(blob)))
        hostkeys.append(files[0] if answer == "trust" else files[1], name, type_, blob)


def _show(connection: Connection, node: str) -> tuple[str, str]:
    try:
        probe = Transport(connection.open_direct(node, 22))
        try:
            probe.start_client(timeout=HANDSHAKE_SECONDS)
            key = probe.get_remote_server_key()
            return key.get_name(), key.get_base64()
        finally:
            probe.close()
    except (SSHException, EOFError, OSError) as error:
        if isinstance(error, ChannelException) and error.code == PROHIBITED:
            raise forbidden(clean(str(error))) from error
        raise TunnelError(
            f"{node} cannot be reached by ssh from the login node",
            "Some sites let nobody in; others only while a job of yours runs there.",
            clean(str(error)),
        ) from error
