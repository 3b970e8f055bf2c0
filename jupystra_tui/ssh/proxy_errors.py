"""Why the proxy command or jump host of a login node ended, read from its error output."""

import re
from pathlib import Path

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError, JupystraError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.auth_errors import REASON_HINT, ClosedBeforeLogin, headline
from jupystra_tui.ssh.handshake_errors import CLOSED_HINT
from jupystra_tui.ssh.host_keys import (
    changed_key_refused,
    read_lookup,
    revoked_key_refused,
    unknown_key_refused,
)
from jupystra_tui.ssh.public_key import fingerprint

# At most followed by the closing message of the next ssh in a chain.
_VERIFICATION_FAILED = re.compile(
    r"^Host key verification failed\.(?:\n.*Connection (?:closed|reset).*)*\Z", re.MULTILINE
)
_NAME = r"([\w.:@%\[\]-]+)"
_SENT = re.compile(
    r"^The fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?$", re.MULTILINE
)
_OFFENDING = re.compile(r"^Offending \S+ key in (.+):(\d+)$", re.MULTILINE)
_CHANGED = re.compile(rf"^Host key for {_NAME} has changed and you have requested strict", re.MULTILINE)
_REVOKED = re.compile(rf"host key for {_NAME} (?:is marked as|was) revoked")
_UNKNOWN = re.compile(rf"^No \S+ host key is known for {_NAME} and you have requested strict", re.MULTILINE)
_CLOSED = re.compile("Connection (?:to .*)?(?:closed|reset)|Broken pipe|not responding")
_EARLY = re.compile(r"^(?:kex|ssh)_exchange_identification: (?:read: )?(.+)$", re.MULTILINE)
_NEXT_IN_CHAIN = re.compile(r"^Connection (?:closed|reset) by UNKNOWN port 65535$")
_DISCONNECT = re.compile(r"^Received disconnect from \S+ port \d+:\d+: (.+)$", re.MULTILINE)
_OWN_WORDS = re.compile(r"^(?:Warning:|Pseudo-terminal|debug\d|ssh: |kex_|Disconnected from|\*\* )")
_NO_NETWORK = re.compile("timed out|No route to host|Network is unreachable|name resolution")


def proxy_error(stderr: str, code: int, answered: bool) -> JupystraError:
    """Return why a jump host's ssh, or a ProxyCommand, ended; `answered` is whether it was sent a user's answer."""
    key = _host_key_error(stderr)
    if key:
        return key
    said = _of_first_failure(stderr)
    last = said.splitlines()[-1] if said else f"its command ended with {code}"
    title = f"The connection to the login node failed: {last}"
    if "permission denied (" in last.lower():
        hint = "Check the user name and the password, or key, for that host; see ProxyJump in ~/.ssh/config."
        return AuthError(title, hint, stderr)
    closed = _CLOSED.search(last) or _DISCONNECT.search(said)
    if early := _EARLY.search(said):
        title = f"The jump host closed the connection before the login: {early[1]}"
        return ClosedBeforeLogin(title, CLOSED_HINT, stderr, Layer.NETWORK)
    if closed and (words := server_words(said)):
        title = f"The jump host closed the connection: {words}"
        return ConnectError(title, REASON_HINT, stderr, Layer.NETWORK)
    if answered and closed:
        hint = "It may have waited too long for an answer: try again."
    elif closed:
        title = "The connection to the jump host broke"
        hint = "The host may be restarting, or the network was down."
    elif _NO_NETWORK.search(last):
        hint = "Check the network; some sites need a VPN."
    else:
        hint = "See ProxyJump or ProxyCommand in ~/.ssh/config."
    return ConnectError(title, hint, stderr, Layer.NETWORK)


def _of_first_failure(stderr: str) -> str:
    """Return the messages without those of the next ssh in a chain, which only sees that its connection ended."""
    lines = stderr.splitlines()
    while len(lines) > 1 and _NEXT_IN_CHAIN.search(lines[-1]):
        lines.pop()
        if len(lines) > 1 and _EARLY.match(lines[-1]):
            lines.pop()
    return "\n".join(lines)


def server_words(stderr: str) -> str:
    """Return the reason that a server gave: of its disconnect, or the last line before ssh's own closing message."""
    if reason := _DISCONNECT.search(stderr):
        return reason[1]
    lines = [line for line in stderr.splitlines() if not _CLOSED.search(line) and not _OWN_WORDS.match(line)]
    return headline("\n".join(reversed(lines)))


def _host_key_error(stderr: str) -> HostKeyError | None:
    """Return the error of a host key that ssh itself refused, None for any other end."""
    if not _VERIFICATION_FAILED.search(stderr):
        return None
    if unknown := _UNKNOWN.search(stderr):
        return unknown_key_refused(unknown[1], stderr)
    if revoked := _REVOKED.search(stderr):
        return revoked_key_refused(revoked[1], stderr)
    changed = _CHANGED.search(stderr)
    return _changed_key_error(changed[1], stderr) if changed else None


def _changed_key_error(name: str, stderr: str) -> HostKeyError:
    sent, offending = _SENT.search(stderr), _OFFENDING.search(stderr)
    shown = f"{name} showed  {sent[1]} {sent[2]}" if sent else ""
    filed = _filed(Path(offending[1]), int(offending[2])) if offending else ""
    files = [offending[1]] if offending else []
    return changed_key_refused(name, files, "\n".join(filter(None, [shown, filed])) or stderr)


def _filed(file: Path, number: int) -> str:
    """Return the key in a line of a known_hosts file; only the line's number if it cannot be read."""
    try:
        (key,) = read_lookup(file.read_bytes().splitlines()[number - 1])
        return f"{file} has  {key.type} {fingerprint(key.blob)}"
    except (OSError, ValueError, IndexError):
        return f"{file} has another, in line {number}"
