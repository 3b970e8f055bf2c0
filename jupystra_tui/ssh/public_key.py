"""Checks public keys of known_hosts files and servers before they are trusted or written."""

import base64
import binascii
import hashlib

HOST_KEY_TYPES = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    }
)
LONGEST = 4096
_LENGTH = 4


def is_public_key(type_: str, blob: str) -> bool:
    """Return whether `blob` is base64 of a public key whose own type is `type_`, of any type; at most 4096 bytes."""
    fields = _fields(blob)
    return len(fields) > 1 and fields[0] == type_.encode("utf-8", "replace") and all(fields)


def is_host_key(type_: str, blob: str) -> bool:
    """Return whether it is a public key of a type that a host may have."""
    return type_ in HOST_KEY_TYPES and is_public_key(type_, blob)


def fingerprint(blob: str) -> str:
    """Return `SHA256:…` of a key in base64, as OpenSSH writes it."""
    digest = hashlib.sha256(base64.b64decode(blob)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _fields(blob: str) -> list[bytes]:
    """Return the length-prefixed fields of a key, none where they do not fill it exactly."""
    try:
        rest = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        return []
    if len(rest) > LONGEST:
        return []
    fields = []
    while rest:
        size = int.from_bytes(rest[:_LENGTH], "big")
        field, rest = rest[_LENGTH : _LENGTH + size], rest[_LENGTH + size :]
        if len(field) != size:
            return []
        fields.append(field)
    return fields
