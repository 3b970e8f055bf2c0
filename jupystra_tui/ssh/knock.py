"""Calling a login node without logging in: what it is, which key it shows, how it would let people in."""

import paramiko
from paramiko.ssh_exception import BadAuthenticationType, SSHException

from jupystra_tui.errors import ConnectError, HostKeyError
from jupystra_tui.ssh import hostkeys
from jupystra_tui.ssh.connection import end
from jupystra_tui.ssh.dial import dial
from jupystra_tui.ssh.door import Door
from jupystra_tui.ssh.hostkeys import KnownKey, Verdict
from jupystra_tui.ssh.login import shake_hands
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean


async def knock(endpoint: Endpoint) -> Door:
    """Return what a login node shows, over a direct line; raises ConnectError.

    The user's name is sent, to learn the ways of logging in, only to a host whose key is known.
    """
    line = await dial(endpoint)
    transport: Transport | None = None
    try:
        transport = Transport(line.sock)
        known = await in_thread(hostkeys.lookup, endpoint.known_as, endpoint.known_hosts)
        type_, blob = await in_thread(shake_hands, transport, False, known)
        trusted = await in_thread(_is_known, endpoint, type_, blob, known)
        ways = await in_thread(_ways, transport, endpoint.user) if trusted else ()
        return Door(clean(transport.remote_version), type_, blob, ways)
    except (SSHException, EOFError, OSError) as error:
        if transport and transport.limits.failure:
            raise transport.limits.failure from error
        raise ConnectError(
            f"{endpoint.host} answered, but not as an ssh server that we understand",
            "It may be overloaded, or very old: try `ssh -v` to it, and ask the site.",
            clean(str(error) or type(error).__name__),
        ) from error
    finally:
        await in_thread(end, transport, line)


def _is_known(endpoint: Endpoint, type_: str, blob: str, known: tuple[KnownKey, ...]) -> bool:
    try:
        known += hostkeys.revocations(endpoint.revoked_keys, type_, blob)
    except HostKeyError:
        return False
    return hostkeys.judge(type_, blob, known) is Verdict.KNOWN


def _ways(transport: paramiko.Transport, user: str) -> tuple[str, ...]:
    try:
        transport.auth_none(user)
    except BadAuthenticationType as error:
        return tuple(map(clean, error.allowed_types))
    return ("none",)
