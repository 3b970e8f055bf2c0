"""Probing a login node without logging in: its ssh server, its host key, and its authentication methods."""

import paramiko
from paramiko.ssh_exception import BadAuthenticationType, SSHException

from jupystra_tui.errors import HostKeyError
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.handshake_errors import handshake_error
from jupystra_tui.ssh.host_key_check import start_client
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.login_socket import open_login_socket
from jupystra_tui.ssh.paramiko_link import end
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import ServerInfo
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean


async def probe_host(endpoint: Endpoint) -> ServerInfo:
    """Return what a login node shows, over a direct connection; raises ConnectError.

    The user's name is sent, to read the authentication methods, only to a host whose key is known.
    """
    login_socket = await open_login_socket(endpoint)
    transport: Transport | None = None
    try:
        transport = Transport(login_socket.sock)
        known = await in_thread(host_keys.lookup, endpoint.known_as, endpoint.known_hosts)
        type_, blob = await in_thread(start_client, transport, endpoint, known)
        trusted = await in_thread(_is_known, endpoint, type_, blob, known)
        methods = await in_thread(_methods, transport, endpoint.user) if trusted else ()
        return ServerInfo(clean(transport.remote_version), type_, blob, methods)
    except (SSHException, EOFError, OSError) as error:
        if transport and transport.limits.failure:
            raise transport.limits.failure from error
        raise handshake_error(endpoint.host, transport, error) from error
    finally:
        await in_thread(end, transport, login_socket)


def _is_known(endpoint: Endpoint, type_: str, blob: str, known: tuple[KnownKey, ...]) -> bool:
    try:
        known += host_keys.revocations(endpoint.revoked_keys, type_, blob)
    except HostKeyError:
        return False
    return host_keys.host_key_status(type_, blob, known) is HostKeyStatus.KNOWN


def _methods(transport: paramiko.Transport, user: str) -> tuple[str, ...]:
    try:
        transport.auth_none(user)
    except BadAuthenticationType as error:
        return tuple(map(clean, error.allowed_types))
    return ("none",)
