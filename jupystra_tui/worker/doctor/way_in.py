"""The login node: its network address, its host key, its authentication methods."""

from jupystra_tui.errors import HostKeyError
from jupystra_tui.model.finding import Finding, failed, passed, skipped, warning
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.host_keys import HostKeyStatus, KnownKey
from jupystra_tui.ssh.open_connection import needs_openssh
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import AuthMethod, ServerInfo
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker.doctor.contexts import LaptopContext

SUPPORTED = {*(method.value for method in AuthMethod), "none"}
OWN_MASTER = "your own OpenSSH master"
_LOG_IN = "Log in, then run doctor again."
_THROUGH_BASTION = "it is reached through a proxy or jump host, which may prompt"


async def transport(context: LaptopContext) -> Finding:
    """Is the connection made with paramiko or with OpenSSH, and why?"""
    if context.connection:
        why = context.connection.why
        return passed(f"the connection uses {context.connection.transport}{why and f': {why}'}")
    why = await needs_openssh(await context.endpoint())
    return passed(f"the connection will use OpenSSH: {why}" if why else "the connection will use paramiko")


async def network(context: LaptopContext) -> Finding:
    """Does the login node answer, and with which ssh server?"""
    server_info = await context.server_info()
    if server_info is None:
        return skipped(_THROUGH_BASTION, _LOG_IN)
    answering = server_info.software or OWN_MASTER
    return passed(f"{answering} answers at {(await context.endpoint()).host}")


async def host_key(context: LaptopContext) -> Finding:
    """Is the login node's host key the one in known_hosts?"""
    endpoint, server_info = await context.endpoint(), await context.server_info()
    known = await in_thread(host_keys.lookup, endpoint.known_as, endpoint.known_hosts)
    if server_info is None:
        return skipped(_known_keys(endpoint, known), _LOG_IN)
    if context.connection and not server_info.key:
        return passed(
            f"{server_info.key_type or 'the host key'} was verified by {context.connection.transport}"
        )
    known += await in_thread(
        host_keys.revocations, endpoint.revoked_keys, server_info.key_type, server_info.key
    )
    status = host_keys.host_key_status(server_info.key_type, server_info.key, known)
    if status is HostKeyStatus.UNKNOWN:
        return _unknown(context, endpoint, server_info)
    if status is not HostKeyStatus.KNOWN:
        refused = host_keys.host_key_refused(
            endpoint.known_as, server_info.key_type, server_info.key, status, known
        )
        raise HostKeyError(f"{refused.title}. {'; '.join(refused.detail.splitlines())}", refused.hint)
    where = next(key.where for key in known if key.blob == server_info.key)
    return passed(f"{_shown(server_info)} is known, from {where}")


async def methods(context: LaptopContext) -> Finding:
    """Which authentication methods does the login node offer, and which did it accept?"""
    server_info = await context.server_info()
    if server_info is None:
        return skipped(_THROUGH_BASTION, _LOG_IN)
    if context.connection and not server_info.software:
        return passed(f"{OWN_MASTER} was logged in already: no prompt")
    offered = f"it offers {', '.join(server_info.methods)}"
    if context.connection:
        accepted = " and ".join(one.label for one in server_info.accepted)
        how = f"it accepted {accepted or 'the login without authentication'}"
        return passed(f"{offered}; {how}, with {_count(server_info.prompts)}")
    if not server_info.methods:
        return skipped("the host key must be trusted before a user name is sent", _LOG_IN)
    if not SUPPORTED & set(server_info.methods):
        return failed(
            offered, "Neither paramiko nor OpenSSH can do that: ask the site for key or password logins."
        )
    return passed(offered)


def _unknown(context: LaptopContext, endpoint: Endpoint, server_info: ServerInfo) -> Finding:
    if fingerprint(server_info.key) in endpoint.published:
        return passed(f"{_shown(server_info)} is the one that the site publishes")
    compare = "Compare it with the fingerprint that the site publishes"
    if context.connection:
        return warning(
            f"{_shown(server_info)} is trusted for this session only",
            f"{compare}; then trust it permanently.",
        )
    if endpoint.strict:
        return failed(
            f"{_shown(server_info)} is not known, and StrictHostKeyChecking forbids to ask",
            f"{compare}; then add it to known_hosts.",
        )
    return warning(
        f"{_shown(server_info)} is not known yet", f"{compare}; the login asks whether you trust it."
    )


def _known_keys(endpoint: Endpoint, known: tuple[KnownKey, ...]) -> str:
    plain = [f"{key.type} {fingerprint(key.blob)}" for key in known if not key.marker]
    return f"known keys of {endpoint.known_as}: {', '.join(plain) or 'none'}; {_THROUGH_BASTION}"


def _shown(server_info: ServerInfo) -> str:
    return f"{server_info.key_type} {fingerprint(server_info.key)}"


def _count(questions: int) -> str:
    return {0: "no prompt", 1: "1 prompt"}.get(questions, f"{questions} prompts")
