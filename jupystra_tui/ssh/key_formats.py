"""Recognizes what a file that is named as a private key really is, and says how to make it one that can be used."""

import base64
import re
from pathlib import Path
from typing import NamedTuple

from paramiko import Message

MAKE_ONE = "Make a key with `ssh-keygen -t ed25519`, and add its public half to ~/.ssh/authorized_keys on the cluster."
SECURITY_KEY, DSA = b"sk-", b"ssh-dss"
DSA_PEM = b"-----BEGIN DSA PRIVATE KEY"
READABLE_CIPHERS = ("none", "aes256-ctr", "aes256-cbc", "aes256-gcm@openssh.com")
_OPENSSH = re.compile(rb"-----BEGIN OPENSSH PRIVATE KEY-----(.*?)-----END", re.DOTALL)
_MAGIC = b"openssh-key-v1\0"


class UnusableKey(NamedTuple):
    """Why a key file cannot be used, and how to fix it."""

    why: str
    hint: str


class _Format(NamedTuple):
    """A pattern at the begin of a file, what such a file is, and what to do; `{file}` stands for its path."""

    pattern: "re.Pattern[bytes]"
    what: str
    hint: str


_DAMAGED = "Copy it again, or make a key with `ssh-keygen -t ed25519`."
_FORMATS = tuple(
    _Format(re.compile(pattern, re.DOTALL), what, hint)
    for pattern, what, hint in (
        (rb"\s*\Z", "is empty", _DAMAGED),
        (
            rb"PuTTY-User-Key-File-",
            "is in PuTTY's format (.ppk)",
            "Run: puttygen '{file}' -O private-openssh -o '{file}.openssh', and name that file as IdentityFile.",
        ),
        (
            rb"---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY",
            "is in the format of ssh.com",
            "Run: (umask 077; ssh-keygen -i -f '{file}' > '{file}.openssh'), and name that file as IdentityFile; "
            "take its passphrase off first.",
        ),
        (
            rb"---- BEGIN SSH2 PUBLIC KEY|-----BEGIN (?:RSA |DSA |EC )?PUBLIC KEY",
            "is a public key",
            "Name the private key file as IdentityFile instead of {file}.",
        ),
        (
            rb"\S+-cert-v01@openssh\.com ",
            "is a certificate",
            "Name it as CertificateFile, and the private key that belongs to it as IdentityFile.",
        ),
        (
            rb"-----BEGIN CERTIFICATE",
            "is an X.509 certificate, not a private key",
            "Name a private key file as IdentityFile instead of {file}.",
        ),
        (
            rb"-----BEGIN PGP ",
            "is a PGP key",
            "Use it through gpg-agent (enable-ssh-support), or make a key with `ssh-keygen -t ed25519`.",
        ),
        (
            rb"\xff\xfe|\xfe\xff|\xef\xbb\xbf",
            "was saved by an editor with a byte order mark",
            "Save it as plain ASCII text, or copy it again.",
        ),
        (
            rb"\x30[\x81-\x84].*\Z",
            "is in the binary format DER",
            "Run: (umask 077; openssl pkey -inform DER -in '{file}' -out '{file}.pem'), and name that file.",
        ),
        (
            rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END [A-Z ]+-----)",
            "is incomplete: it has no END line",
            _DAMAGED,
        ),
    )
)


def format_problem(path: Path, content: bytes) -> UnusableKey | None:
    """Return what a file is that no ssh reads as a private key, None for anything else."""
    for one in _FORMATS:
        if one.pattern.match(content):
            return UnusableKey(f"{path.name} {one.what}", one.hint.format(file=path))
    return None


def unsupported(path: Path, content: bytes, public: bytes) -> UnusableKey | None:
    """Return why this program cannot use a key that OpenSSH may be able to use; `public` is its public half."""
    cipher = openssh_cipher(content)
    if SECURITY_KEY in public[:16]:
        return UnusableKey(
            f"{path.name} is a security key, which needs an ssh-agent here",
            f"Run: ssh-add '{path}', then log in again; the agent asks for the touch.",
        )
    if DSA in public[:16] or content.startswith(DSA_PEM):
        return UnusableKey(f"{path.name} is a DSA key, which ssh no longer supports", MAKE_ONE)
    if cipher and cipher not in READABLE_CIPHERS:
        return UnusableKey(
            f"{path.name} is encrypted with {cipher}, which this program cannot read",
            f"Run: ssh-add '{path}', or change that: ssh-keygen -p -Z aes256-ctr -f '{path}'",
        )
    return None


def damaged(path: Path, content: bytes) -> UnusableKey:
    """Return the problem of a file that no reader accepts."""
    if b"\r\n" in content:
        return UnusableKey(
            f"{path.name} has Windows line ends",
            f"Run: (umask 077; tr -d '\\r' < '{path}' > '{path}.unix'), and name that file as IdentityFile.",
        )
    return UnusableKey(
        f"{path.name} is not a private key, or is damaged", f"Check {path}: it may be incomplete."
    )


def openssh_cipher(content: bytes) -> str:
    """Return the cipher of a key in OpenSSH's format, `none` without a passphrase; empty for any other file."""
    found = _OPENSSH.search(content)
    try:
        private = Message(base64.b64decode(found[1])) if found else Message()
        return private.get_text() if private.get_bytes(len(_MAGIC)) == _MAGIC else ""
    except ValueError:
        return ""
