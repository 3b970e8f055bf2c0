"""Why a login needs the user's own OpenSSH: what `ssh -G` asks for and paramiko cannot do."""

import base64
import contextlib
import socket
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import paramiko

from jupystra_tui.errors import AuthError, JupystraError
from jupystra_tui.ssh import host_keys
from jupystra_tui.ssh.kerberos import Ticket, ticket
from jupystra_tui.ssh.key_files import UNREADABLE, KeyFile
from jupystra_tui.ssh.key_formats import READABLE_CIPHERS, UnusableKey
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.unsupported import NoCommonMethod, UnsupportedMethod
from jupystra_tui.text import clean

KEYGEN_SECONDS = 5.0
OFF = ("", "none", "no", "false", "any", "internal")
SETTINGS = {
    "pkcs11provider": "PKCS11Provider",
    "knownhostscommand": "KnownHostsCommand",
    "hostbasedauthentication": "HostbasedAuthentication",
    "verifyhostkeydns": "VerifyHostKeyDNS",
    "bindaddress": "BindAddress",
    "bindinterface": "BindInterface",
    "addressfamily": "AddressFamily",
}
"""Keywords, as `ssh -G` prints them, of settings that only OpenSSH follows; with their usual spelling."""
ALGORITHMS: dict[str, tuple[str, Callable[[paramiko.transport.SecurityOptions], tuple[str, ...]]]] = {
    "ciphers": ("Ciphers", lambda options: tuple(options.ciphers)),
    "kexalgorithms": ("KexAlgorithms", lambda options: tuple(options.kex)),
    "macs": ("MACs", lambda options: tuple(options.digests)),
    "hostkeyalgorithms": ("HostKeyAlgorithms", lambda options: tuple(options.key_types)),
}
FIRST_LINE, MAGIC, HEAD_BYTES = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"openssh-key-v1\0", 512
MAC_INCLUDED = ("gcm@openssh.com", "poly1305@openssh.com")


def reasons(endpoint: Endpoint) -> tuple[str, ...]:
    """Return why this login needs OpenSSH, none if paramiko can do it; blocking, for a moment."""
    found = (_settings, _algorithms, _kerberos, _certified, _encrypted_keys)
    return tuple(reason for find in found for reason in find(endpoint))


def may_help(endpoint: Endpoint, error: JupystraError) -> str:
    """Return why OpenSSH may be able to log in where paramiko failed, empty if it is not; blocking, for a moment."""
    if isinstance(error, (NoCommonMethod, UnsupportedMethod)):
        return error.title
    if not isinstance(error, AuthError):
        return ""
    return next((f"{path.name}: only OpenSSH can read this key" for path in _own_formats(endpoint)), "")


def _settings(endpoint: Endpoint) -> list[str]:
    found = [title for word, title in SETTINGS.items() if _first(endpoint, word) not in OFF]
    if _first(endpoint, "proxyusefdpass") == "yes" and _first(endpoint, "proxycommand") not in OFF:
        found.append("ProxyUseFdpass")
    return found


def _algorithms(endpoint: Endpoint) -> list[str]:
    """Return the lists of the configuration of which paramiko has no member."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        options = paramiko.Transport(ours).get_security_options()
    found = []
    for word, (title, supported) in ALGORITHMS.items():
        wanted = list(filter(None, _first(endpoint, word).split(",")))
        if word == "macs" and all(
            one.endswith(MAC_INCLUDED) for one in _first(endpoint, "ciphers").split(",")
        ):
            continue
        if wanted and not set(wanted) & set(supported(options)):
            found.append(title)
    return found


def _kerberos(endpoint: Endpoint) -> list[str]:
    if _first(endpoint, "gssapiauthentication") != "yes" or ticket() is not Ticket.VALID:
        return []
    return ["GSSAPIAuthentication, and there is a Kerberos ticket"]


def _certified(endpoint: Endpoint) -> list[str]:
    """Return a reason if known_hosts has the host's key as a certificate, or of a type, that only OpenSSH supports."""
    known = host_keys.lookup(endpoint.known_as, endpoint.known_hosts)
    plain = [key for key in known if not key.marker]
    if not plain:
        return (
            ["@cert-authority in known_hosts"]
            if any(key.marker == "@cert-authority" for key in known)
            else []
        )
    return (
        [] if any(_is_supported(key.type) for key in plain) else [f"a host key of the type {plain[0].type}"]
    )


def _encrypted_keys(endpoint: Endpoint) -> list[str]:
    """Return the key files whose passphrase paramiko could not use, so that it is not asked for again."""
    found = []
    for file in _files(endpoint):
        cipher = _key_cipher(file.path)
        if cipher and cipher not in READABLE_CIPHERS:
            found.append(f"{file.name} is encrypted with {cipher}")
    return found


def _key_cipher(path: Path) -> str:
    """Return the cipher of a key file in OpenSSH's format (its file PROTOCOL.key), empty for any other file."""
    with contextlib.suppress(OSError, ValueError, struct.error):
        with path.open("rb") as file:
            lines = file.read(HEAD_BYTES).strip().splitlines()
        if lines and lines[0] == FIRST_LINE:
            coded = b"".join(lines[1:4])
            head = base64.b64decode(coded[: len(coded) // 4 * 4])
            size = struct.unpack_from(">I", head, len(MAGIC))[0]
            cipher = head[len(MAGIC) + 4 :][:size]
            return clean(cipher) if head.startswith(MAGIC) else ""
    return ""


def _is_supported(key_type: str) -> bool:
    return key_type in ("ssh-rsa", "ssh-ed25519") or key_type.startswith("ecdsa-sha2-")


def _own_formats(endpoint: Endpoint) -> list[Path]:
    """Return the key files that OpenSSH reads and paramiko does not, security keys included."""
    return [
        file.path
        for file in _files(endpoint)
        if not file.problem() and _load_error(file) and _readable_by_openssh(file.path)
    ]


def unusable_keys(endpoint: Endpoint) -> list[UnusableKey]:
    """Return why key files of the configuration cannot be used by OpenSSH either; blocking, for a moment."""
    found = []
    for file in _files(endpoint):
        error = _load_error(file)
        problem = file.problem() or (error and not _readable_by_openssh(file.path) and file.problem(error))
        if problem:
            found.append(problem)
    return found


def _files(endpoint: Endpoint) -> list[KeyFile]:
    return [KeyFile(path) for path in endpoint.identities if path.is_file()]


def _load_error(file: KeyFile) -> Exception | None:
    try:
        file.load()
    except UNREADABLE as error:
        return error
    return None


def _readable_by_openssh(path: Path) -> bool:
    """Return whether `ssh-keygen` reads a key file, or would with its passphrase."""
    argv = ["ssh-keygen", "-y", "-P", "", "-f", str(path)]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            argv,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=KEYGEN_SECONDS,
            start_new_session=True,
        )
        return done.returncode == 0 or b"incorrect passphrase" in done.stderr
    return False


def _first(endpoint: Endpoint, keyword: str) -> str:
    return endpoint.settings.get(keyword, [""])[0]
