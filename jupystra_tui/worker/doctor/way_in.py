"""The way in: the login node's network address, its key, its ways of logging in."""

from jupystra_tui.errors import HostKeyError
from jupystra_tui.model.finding import Finding, broken, fine, look, untried
from jupystra_tui.ssh import hostkeys
from jupystra_tui.ssh.door import Door
from jupystra_tui.ssh.hostkeys import KnownKey, Verdict
from jupystra_tui.ssh.public_key import fingerprint
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker.doctor.contexts import LaptopContext

CLIMBED = {"publickey", "keyboard-interactive", "password", "none"}
_LOG_IN = "Log in, then run doctor again."
_BEHIND = "only a proxy or jump host leads there, and it may ask questions"


async def network(context: LaptopContext) -> Finding:
    """Does the login node answer, and as what?"""
    door = await context.door()
    if door is None:
        return untried(_BEHIND, _LOG_IN)
    return fine(f"{door.software} answers at {(await context.endpoint()).host}")


async def host_key(context: LaptopContext) -> Finding:
    """Is the key that the login node shows the one on file?"""
    endpoint, door = await context.endpoint(), await context.door()
    known = await in_thread(hostkeys.lookup, endpoint.known_as, endpoint.known_hosts)
    if door is None:
        return untried(_filed(endpoint, known), _LOG_IN)
    known += await in_thread(hostkeys.revocations, endpoint.revoked_keys, door.key_type, door.key)
    verdict = hostkeys.judge(door.key_type, door.key, known)
    if verdict is Verdict.UNKNOWN:
        return _unknown(context, endpoint, door)
    if verdict is not Verdict.KNOWN:
        refusal = hostkeys.refusal(endpoint.known_as, door.key_type, door.key, verdict, known)
        raise HostKeyError(f"{refusal.title}. {'; '.join(refusal.detail.splitlines())}", refusal.hint)
    where = next(key.where for key in known if key.blob == door.key)
    return fine(f"{_shown(door)} is known, from {where}")


async def ways(context: LaptopContext) -> Finding:
    """Which login methods does the login node offer, and which was used?"""
    door = await context.door()
    if door is None:
        return untried(_BEHIND, _LOG_IN)
    offered = f"it offers {', '.join(door.ways)}"
    if context.connection:
        how = f"logged in with {' and '.join(door.taken)}" if door.taken else "it needed no authentication"
        return fine(f"{offered}; {how}, {_count(door.questions)}")
    if not door.ways:
        return untried("the host's key must be trusted before a name is sent", _LOG_IN)
    if not CLIMBED & set(door.ways):
        hint = (
            "Kerberos and host-based logins are out of reach here: ask the site for keys or password logins."
        )
        return broken(offered, hint)
    return fine(offered)


def _unknown(context: LaptopContext, endpoint: Endpoint, door: Door) -> Finding:
    if fingerprint(door.key) in endpoint.published:
        return fine(f"{_shown(door)} is the one that the site publishes")
    compare = "Compare it with the fingerprint that the site publishes"
    if context.connection:
        return look(f"{_shown(door)} is trusted for this session only", f"{compare}; then trust it for good.")
    if endpoint.strict:
        return broken(
            f"{_shown(door)} is not known, and StrictHostKeyChecking forbids to ask",
            f"{compare}; then add it to known_hosts.",
        )
    return look(f"{_shown(door)} is not known yet", f"{compare}; the login asks whether you trust it.")


def _filed(endpoint: Endpoint, known: tuple[KnownKey, ...]) -> str:
    plain = [f"{key.type} {fingerprint(key.blob)}" for key in known if not key.marker]
    return f"on file for {endpoint.known_as}: {', '.join(plain) or 'none'}; {_BEHIND}"


def _shown(door: Door) -> str:
    return f"{door.key_type} {fingerprint(door.key)}"


def _count(questions: int) -> str:
    return {0: "no question", 1: "1 question"}.get(questions, f"{questions} questions")
