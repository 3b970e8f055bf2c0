"""Verifies the host key that a login node shows, and asks the user about one that is not known yet."""

import math
import threading

import paramiko
from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import HostKeyError
from jupystra_tui.model import HostKey
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.algorithms import restrict
from jupystra_tui.ssh.callbacks import Ask, Report
from jupystra_tui.ssh.connection import HANDSHAKE_SECONDS
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.known_hosts import add_key
from jupystra_tui.ssh.login_socket import LoginSocket
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport

PROXY_HANDSHAKE_SECONDS = 900.0  # the user may have to answer the prompts of a jump host
NOT_PUBLISHED = "The site publishes other fingerprints: ask the site before you trust this one."


async def verify_host_key(
    transport: Transport,
    login_socket: LoginSocket,
    endpoint: Endpoint,
    ask: Ask,
    report: Report,
    trusted: set[str],
) -> None:
    """Return once the host key is known or the user trusts it; raises HostKeyError, GivenUp.

    `trusted` holds the fingerprints that the user accepted for this session; it is added to.
    """
    known = await in_thread(host_keys.lookup, endpoint.known_as, endpoint.known_hosts)
    seconds = PROXY_HANDSHAKE_SECONDS if endpoint.proxy else HANDSHAKE_SECONDS
    async with login_socket.watched(report):
        type_, blob = await in_thread(start_client, transport, endpoint, known, seconds)
    transport.limits.begin_login()
    known += await in_thread(host_keys.revocations, endpoint.revoked_keys, type_, blob)
    status = host_keys.host_key_status(type_, blob, known)
    if status in (HostKeyStatus.CHANGED, HostKeyStatus.REVOKED):
        raise host_keys.host_key_refused(endpoint.known_as, type_, blob, status, known)
    if status is HostKeyStatus.UNKNOWN and fingerprint(blob) not in trusted:
        await _confirm(endpoint, type_, blob, ask, report)
        trusted.add(fingerprint(blob))
    report("host key known" if status is HostKeyStatus.KNOWN else "host key trusted")


def start_client(
    transport: Transport,
    endpoint: Endpoint,
    known: tuple[KnownKey, ...],
    seconds: float = HANDSHAKE_SECONDS,
) -> tuple[str, str]:
    """Do the ssh handshake; return type and blob of the host key that the server proved to have. Blocking."""
    restrict(transport, endpoint.algorithms)
    _prefer_known_types(transport, [key.type for key in known if not key.marker])
    transport.banner_timeout = math.inf  # paramiko measures it by the system clock, which can jump
    done = threading.Event()
    transport.start_client(event=done)
    if not done.wait(seconds):
        raise TimeoutError(f"no ssh handshake within {seconds:.0f} s")
    if not transport.is_active():
        raise transport.get_exception() or SSHException("Negotiation failed.")
    key = transport.get_remote_server_key()
    return key.get_name(), key.get_base64()


async def _confirm(endpoint: Endpoint, type_: str, blob: str, ask: Ask, report: Report) -> None:
    """Ask the user whether to trust a host key that is not known."""
    shown = fingerprint(blob)
    if endpoint.strict or endpoint.batch:
        setting = "StrictHostKeyChecking" if endpoint.strict else "BatchMode"
        raise host_keys.unknown_key_refused(endpoint.known_as, f"{type_} {shown}", setting)
    if await ask_about_key(endpoint, type_, shown, ask) == "trust":
        add_to_known_hosts(endpoint, type_, blob, report)


async def ask_about_key(endpoint: Endpoint, type_: str, shown: str, ask: Ask) -> str:
    """Return the user's answer, `once` or `trust`, about a login node's key with this fingerprint; raises GivenUp."""
    published = shown in endpoint.published
    warnings = [
        NOT_PUBLISHED if endpoint.published and not published else "",
        host_keys.known_hosts_warnings(endpoint.known_hosts, endpoint.append_to),
    ]
    key = HostKey(endpoint.known_as, type_, shown, published=published)
    return await host_keys.confirm_host_key(ask, key, "\n".join(filter(None, warnings)))


def add_to_known_hosts(endpoint: Endpoint, type_: str, blob: str, report: Report) -> None:
    """Add the trusted key to known_hosts; if that fails, the key is trusted for this session only."""
    if endpoint.append_to is None:
        report(f"{host_keys.NO_FILE}: trusted for this session only")
        return
    try:
        add_key(endpoint.append_to, endpoint.known_as, type_, blob, hashed=endpoint.hash_known_hosts)
    except HostKeyError as error:
        report(f"{error.title}: trusted for this session only")


def _prefer_known_types(transport: paramiko.Transport, types: list[str]) -> None:
    """Request the key types on file first, as OpenSSH does: otherwise a host with several keys seems changed."""
    wanted = [
        name
        for type_ in types
        for name in (("rsa-sha2-512", "rsa-sha2-256") if type_ == "ssh-rsa" else (type_,))
    ]
    options = transport.get_security_options()
    options.key_types = tuple(sorted(options.key_types, key=lambda name: name not in wanted))
