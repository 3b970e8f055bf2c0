"""The login node: its network address, its host key, its authentication methods."""

from jupystra_tui.errors import HostKeyError
from jupystra_tui.model.finding import Finding, broken, fine, look, untried
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
_BEHIND = "only a proxy or jump host leads there, and it may ask questions"


async def transport(context: LaptopContext) -> Finding:
    """Does paramiko carry the connection, or the user's own OpenSSH, and why?"""
    if context.connection:
        why = context.connection.why
        return fine(f"{context.connection.transport} carries the connection{why and f': {why}'}")
    why = await needs_openssh(await context.endpoint())
    return fine(f"OpenSSH will be used: {why}" if why else "paramiko can do what `ssh -G` asks for")


async def network(context: LaptopContext) -> Finding:
    """Does the login node answer, and as what?"""
    server_info = await context.server_info()
    if server_info is None:
        return untried(_BEHIND, _LOG_IN)
    answering = server_info.software or OWN_MASTER
    return fine(f"{answering} answers at {(await context.endpoint()).host}")


async def host_key(context: LaptopContext) -> Finding:
    """Is the key that the login node shows the one on file?"""
    endpoint, server_info = await context.endpoint(), await context.server_info()
    known = await in_thread(host_keys.lookup, endpoint.known_as, endpoint.known_hosts)
    if server_info is None:
        return untried(_filed(endpoint, known), _LOG_IN)
    if context.connection and not server_info.key:
        return fine(
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
    return fine(f"{_shown(server_info)} is known, from {where}")


async def ways(context: LaptopContext) -> Finding:
    """Which authentication methods does the login node offer, and which did it accept?"""
    server_info = await context.server_info()
    if server_info is None:
        return untried(_BEHIND, _LOG_IN)
    if context.connection and not server_info.software:
        return fine(f"{OWN_MASTER} was logged in already: no question")
    offered = f"it offers {', '.join(server_info.methods)}"
    if context.connection:
        accepted = " and ".join(one.label for one in server_info.accepted)
        how = f"it accepted {accepted or 'the login without authentication'}"
        return fine(f"{offered}; {how}, with {_count(server_info.prompts)}")
    if not server_info.methods:
        return untried("the host's key must be trusted before a name is sent", _LOG_IN)
    if not SUPPORTED & set(server_info.methods):
        return broken(
            offered, "Neither paramiko nor OpenSSH can do that: ask the site for key or password logins."
        )
    return fine(offered)


def _unknown(context: LaptopContext, endpoint: Endpoint, server_info: ServerInfo) -> Finding:
    if fingerprint(server_info.key) in endpoint.published:
        return fine(f"{_shown(server_info)} is the one that the site publishes")
    compare = "Compare it with the fingerprint that the site publishes"
    if context.connection:
        return look(
            f"{_shown(server_info)} is trusted for this session only", f"{compare}; then trust it for good."
        )
    if endpoint.strict:
        return broken(
            f"{_shown(server_info)} is not known, and StrictHostKeyChecking does not allow to ask",
            f"{compare}; then add it to known_hosts.",
        )
    return look(f"{_shown(server_info)} is not known yet", f"{compare}; the login asks whether you trust it.")


def _filed(endpoint: Endpoint, known: tuple[KnownKey, ...]) -> str:
    plain = [f"{key.type} {fingerprint(key.blob)}" for key in known if not key.marker]
    return f"on file for {endpoint.known_as}: {', '.join(plain) or 'none'}; {_BEHIND}"


def _shown(server_info: ServerInfo) -> str:
    return f"{server_info.key_type} {fingerprint(server_info.key)}"


def _count(questions: int) -> str:
    return {0: "no question", 1: "1 question"}.get(questions, f"{questions} questions")
