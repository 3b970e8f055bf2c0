"""Why an ssh on the way to a login node ended, by its last words."""

import re
import shlex
from pathlib import Path

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError, JupystraError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.host_keys import read_lookup
from jupystra_tui.ssh.public_key import fingerprint

# Followed at most by what the next ssh of a chain says of its own end.
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
_HUNG_UP = re.compile("Connection (?:to .*)?(?:closed|reset)|Broken pipe|not responding")
_NO_NETWORK = re.compile("timed out|No route to host|Network is unreachable|name resolution")


def proxy_error(words: str, code: int, asked: bool) -> JupystraError:
    """Return why an ssh on the way to a login node ended; `asked` is whether it was sent a person's answer."""
    key = _host_key_fault(words)
    if key:
        return key
    last = words.splitlines()[-1] if words else f"its command ended with {code}"
    title = f"The way to the login node failed: {last}"
    if "permission denied (" in last.lower():
        hint = "Check the user name and the password, or key, for that host; see ProxyJump in ~/.ssh/config."
        return AuthError(title, hint, words)
    hung_up = _HUNG_UP.search(last)
    if asked and hung_up:
        hint = "It may have waited too long for an answer: try again."
        return ConnectError(title, hint, words, Layer.NETWORK)
    if hung_up:
        title = "The connection to the host on the way to the login node broke"
        return ConnectError(
            title, "The host may be restarting, or the network was away.", words, Layer.NETWORK
        )
    if _NO_NETWORK.search(last):
        hint = "Check the network; some sites need a VPN."
        return ConnectError(title, hint, words, Layer.NETWORK)
    return ConnectError(title, "See ProxyJump or ProxyCommand in ~/.ssh/config.", words, Layer.NETWORK)


def _host_key_fault(words: str) -> HostKeyError | None:
    """Return the full stop for a host key that ssh itself refused, None for any other end of it."""
    if not _VERIFICATION_FAILED.search(words):
        return None
    if unknown := _UNKNOWN.search(words):
        return HostKeyError(
            f"The key of {unknown[1]} is not known, and StrictHostKeyChecking forbids to ask",
            "Add it to your known_hosts, or change that setting in ~/.ssh/config.",
            words,
        )
    if revoked := _REVOKED.search(words):
        return HostKeyError(
            f"The key of {revoked[1]} is marked as revoked: this may not be the real {revoked[1]}",
            "Nothing was sent. Ask the site's support before you go on.",
            words,
        )
    return _changed(words)


def _changed(words: str) -> HostKeyError | None:
    changed = _CHANGED.search(words)
    if not changed:
        return None
    name, sent, offending = changed[1], _SENT.search(words), _OFFENDING.search(words)
    shown = f"{name} showed  {sent[1]} {sent[2]}" if sent else ""
    filed = _filed(Path(offending[1]), int(offending[2])) if offending else ""
    file = f" -f {shlex.quote(offending[1])}" if offending else ""
    return HostKeyError(
        f"The key of {name} has changed: this may not be the real {name}",
        "Nothing was sent. Ask the site whether its key changed and compare the fingerprints; if it did, "
        f"run: ssh-keygen -R '{name}'{file}",
        "\n".join(filter(None, [shown, filed])) or words,
    )


def _filed(file: Path, number: int) -> str:
    """Return what a line of a known_hosts file has; only that it has something, where it cannot be read."""
    try:
        (key,) = read_lookup(file.read_bytes().splitlines()[number - 1])
        return f"{file} has  {key.type} {fingerprint(key.blob)}"
    except (OSError, ValueError, IndexError):
        return f"{file} has another, in line {number}"
