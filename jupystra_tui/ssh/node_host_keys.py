"""The compute nodes' host keys: from the login node's known_hosts, or confirmed once by the user."""

import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import HostKeyError, TunnelError
from jupystra_tui.model import HostKey
from jupystra_tui.model.names import host_name
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.callbacks import Ask
from jupystra_tui.ssh.connection import HANDSHAKE_SECONDS, Connection
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.identification import PROHIBITED
from jupystra_tui.ssh.known_hosts import add_key, replace_key
from jupystra_tui.ssh.node_errors import NodeKeyChanged, forwarding_forbidden
from jupystra_tui.ssh.public_key import fingerprint, is_host_key
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean

log = logging.getLogger(__name__)

FILES = "~/.ssh/known_hosts /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2"


async def ensure_host_key(
    connection: Connection, node: str, name: str, files: tuple[Path, Path], ask: Ask
) -> None:
    """Make sure that the key of `node` is on file under `name`, which OpenSSH then requires.

    The first of `files` is permanent, the second is for keys that the user trusts for this session. Raises
    TunnelError when the node cannot be reached, HostKeyError for an invalid key, GivenUp when the user does not
    trust it.
    """
    _check_name(node)
    if await in_thread(host_keys.lookup, name, files):
        return
    listed = await _listed(connection, node)
    confirmed = _confirmed(listed)
    for key in confirmed:
        _save(files, name, key.type, key.blob)
    if not confirmed:
        type_, blob = await in_thread(_show, connection, node)
        if host_keys.host_key_status(type_, blob, listed) is HostKeyStatus.REVOKED:
            raise host_keys.host_key_refused(node, type_, blob, HostKeyStatus.REVOKED, listed)
        answer = await host_keys.confirm_host_key(ask, HostKey(node, type_, fingerprint(blob)))
        _save(files if answer == "trust" else files[1:], name, type_, blob)


def _save(files: Sequence[Path], name: str, type_: str, blob: str) -> None:
    """Save a key in the first of `files` that can be written: on a full disk, in the one for this session."""
    *better, last = files
    for file in better:
        try:
            add_key(file, name, type_, blob)
        except HostKeyError as error:
            log.warning("%s: trusted for this session only", error.title)
        else:
            return
    add_key(last, name, type_, blob)


async def accept_new_key(
    connection: Connection, node: str, name: str, files: tuple[Path, Path], ask: Ask, refused: NodeKeyChanged
) -> None:
    """Ask the user about a node's changed key, if the login node confirms it, and replace the old key.

    A key that the login node's known_hosts revoke, or do not have, raises HostKeyError with both fingerprints and
    changes nothing; GivenUp when the user rejects it. Raises `refused` if no old key is on file.
    """
    _check_name(node)
    known = await in_thread(host_keys.lookup, name, files)
    if not known:
        raise refused
    type_, blob = await in_thread(_show, connection, node)
    if host_keys.host_key_status(type_, blob, known) is HostKeyStatus.KNOWN:
        return  # it was accepted in the meantime
    listed = await _listed(connection, node)
    status = host_keys.host_key_status(type_, blob, listed)
    if status is HostKeyStatus.REVOKED or not any(
        (key.type, key.blob) == (type_, blob) for key in _confirmed(listed)
    ):
        stop = HostKeyStatus.REVOKED if status is HostKeyStatus.REVOKED else HostKeyStatus.CHANGED
        raise host_keys.host_key_refused(name, type_, blob, stop, known)
    await _ask_about_change(ask, node, type_, blob, known)
    await in_thread(replace_key, files, name, type_, blob)


async def _ask_about_change(ask: Ask, node: str, type_: str, blob: str, known: tuple[KnownKey, ...]) -> None:
    before = ", ".join(f"{key.type} {fingerprint(key.blob)}" for key in known)
    key = HostKey(node, type_, fingerprint(blob), once=False, replaces=before)
    text = f"The host key of {node} has changed. The known_hosts of the login node have the new key."
    await host_keys.confirm_host_key(ask, key, text=text)


def _check_name(node: str) -> None:
    if not host_name(node):
        raise TunnelError(
            f"The cluster reported an invalid node name: {clean(node, 80)!r}", "Ask the site's support."
        )


async def _listed(connection: Connection, node: str) -> tuple[KnownKey, ...]:
    """Return the keys of a node in the login node's known_hosts, read over the verified connection."""
    script = f"for file in {FILES}; do ssh-keygen -F {shlex.quote(node)} -f $file 2>/dev/null; done"
    return host_keys.read_lookup((await connection.run(script)).out)


def _confirmed(listed: tuple[KnownKey, ...]) -> list[KnownKey]:
    """Return the listed host keys that are neither marked nor revoked by another line."""
    revoked = {key.blob for key in listed if key.marker == "@revoked"}
    plain = [key for key in listed if not key.marker and key.blob not in revoked]
    return [key for key in dict.fromkeys(plain) if is_host_key(key.type, key.blob)]


def _show(connection: Connection, node: str) -> tuple[str, str]:
    """Return type and blob of the host key that a node proved to have; blocking."""
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
            raise forwarding_forbidden(clean(str(error))) from error
        raise TunnelError(
            f"{node} cannot be reached by ssh from the login node",
            "Some sites allow no logins to nodes; others only while one of your jobs runs there.",
            clean(str(error)),
        ) from error
