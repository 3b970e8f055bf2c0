"""New keys for one run of the practice cluster."""

from __future__ import annotations

import io

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def generate_key() -> tuple[paramiko.PKey, str]:
    """A new ed25519 key, and its text as OpenSSH keeps it in a file."""
    secret = Ed25519PrivateKey.generate()
    text = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    return paramiko.Ed25519Key.from_private_key(io.StringIO(text)), text


def known_host(name: str, key: paramiko.PKey) -> str:
    """A line of a known_hosts file."""
    return f"{name} {key.get_name()} {key.get_base64()}\n"
