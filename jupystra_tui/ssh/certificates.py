"""Public keys in their own files, in private key files, and in certificates (OpenSSH's PROTOCOL.certkeys)."""

import base64
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from paramiko import Message
from paramiko.pkey import PublicBlob

_PRIVATE, _END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END"
_MAGIC = b"openssh-key-v1\0"
_FIELDS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}


class Certificate(NamedTuple):
    """A certificate: the `name` of its file, the public key that it certifies, and the blob sent to a server."""

    name: str
    key: bytes
    public: PublicBlob


def certificates(named: Iterable[Path], identities: Iterable[Path]) -> Iterator[Certificate]:
    """Yield the certificates that a configuration names, and those in the same folder as its keys."""
    beside = (path.with_name(f"{path.name}-cert.pub") for path in identities)
    for path in dict.fromkeys((*named, *beside)):
        try:
            blob = _of_line(path.read_bytes())
            yield Certificate(path.name, _certified(blob), PublicBlob(Message(blob).get_text(), blob))
        except (OSError, ValueError, KeyError):
            continue  # no such file, or not a certificate: the key is offered without it


def public_half(path: Path) -> bytes:
    """Return the public key in a key file, or in the `.pub` file next to it; empty if neither has it."""
    own = _content(path)
    return _of_line(own) or _of_private(own) or _of_line(_content(path.with_name(path.name + ".pub")))


def is_public(path: Path) -> bool:
    """Return whether a file is itself a public key: it selects a key of an agent, and cannot sign."""
    return bool(_of_line(_content(path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if os.path.isfile(path) else b""
    except OSError:
        return b""


def _of_line(content: bytes) -> bytes:
    """Return the key in `type base64 comment`, empty for any other content."""
    words = content.split(maxsplit=2)
    try:
        blob = base64.b64decode(words[1])
        return blob if Message(blob).get_binary() == words[0] else b""
    except (ValueError, IndexError):
        return b""


def _of_private(content: bytes) -> bytes:
    """Return the public key in OpenSSH's private key format, where it is not encrypted."""
    _, found, rest = content.partition(_PRIVATE)
    if not found:
        return b""
    try:
        private = Message(base64.b64decode(rest.partition(_END)[0]))
    except ValueError:
        return b""
    if private.get_bytes(len(_MAGIC)) != _MAGIC:
        return b""
    for _ in ("cipher", "key derivation", "its options"):
        private.get_binary()
    private.get_int()
    return private.get_binary()


def _certified(blob: bytes) -> bytes:
    """Return the public key that a certificate certifies; raises KeyError for anything else."""
    certificate, key = Message(blob), Message()
    kind, mark, _ = certificate.get_text().partition("-cert-v01")
    if not mark:
        raise KeyError(kind)
    certificate.get_binary()  # a nonce
    kind += "@openssh.com" if kind.startswith("sk-") else ""
    key.add_string(kind)
    for _ in range(_FIELDS[kind]):
        key.add_string(certificate.get_binary())
    return key.asbytes()
