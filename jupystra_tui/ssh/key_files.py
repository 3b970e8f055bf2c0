"""The user's keys, in the agent and in files, in the order to offer them."""

import io
import os
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any

import paramiko
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko import Message
from paramiko.pkey import PublicBlob, UnknownKeyType
from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.agent import Agent
from jupystra_tui.ssh.certificates import is_public, public_half
from jupystra_tui.ssh.key_formats import (
    UnusableKey,
    damaged,
    format_problem,
    openssh_cipher,
    unsupported,
)
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.text import Secret, clean

UNREADABLE = (SSHException, OSError, ValueError, KeyError, UnsupportedAlgorithm, UnknownKeyType)
OTHERS = 0o077
SECURITY_KEY = "sk-"
DEFAULT_FILES = frozenset(
    Path("~/.ssh").expanduser() / f"id_{kind}"
    for kind in ("rsa", "dsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss")
)


class KeyFile:
    """A file that a configuration names as a key: `name` to show, `blob` of the public key where that is known."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.blob = public_half(path)

    def problem(self, error: Exception | None = None) -> UnusableKey | None:
        """Return why it cannot be used, given the error of `load` if there was one; None if it can.

        As in OpenSSH, the user's own key must not be readable by others.
        """
        if self.path.is_dir():
            return UnusableKey(f"{self.name} is a folder", f"Name a key file instead of {self.path}.")
        try:
            status, content = self.path.stat(), self.path.read_bytes()
        except OSError as gone:
            return _cannot_be_read(self.path, gone)
        if found := format_problem(self.path, content):
            return found
        if is_public(self.path):
            return UnusableKey(
                f"{self.name} is a public key, and no ssh-agent has its private key",
                f"Start the agent that holds it, or name the private file instead of {self.path}.",
            )
        if status.st_uid == os.getuid() and status.st_mode & OTHERS:
            return UnusableKey(f"{self.name} can be read by others", f"Run: chmod 600 '{self.path}'")
        if isinstance(error, OSError):
            return _cannot_be_read(self.path, error)
        if error is None:
            return None
        return unsupported(self.path, content, self.blob or str(error).encode()) or damaged(
            self.path, content
        )

    def unsupported(self) -> UnusableKey | None:
        """Return why a key with a passphrase cannot be used whatever the passphrase is, None if it can."""
        return unsupported(self.path, self.path.read_bytes(), self.blob)

    def public_key(self) -> paramiko.PKey | None:
        """Return the public half, None where it is not known."""
        try:
            return paramiko.PKey.from_type_string(Message(self.blob).get_text(), self.blob)
        except UNREADABLE:
            return None

    def load(self, passphrase: str | None = None) -> paramiko.PKey | None:
        """Return the key, None if it needs another passphrase; raises one of `UNREADABLE`."""
        secret = passphrase.encode() if passphrase else None
        try:
            return _read(self.path, secret)
        except (TypeError, InvalidTag):
            return None
        except AssertionError as error:  # of cryptography, for some damaged files
            raise SSHException("the key is damaged") from error
        except (SSHException, ValueError) as error:
            if passphrase or "password" in str(error).lower():
                return None
            raise


class OfferedKey(paramiko.PKey):
    """A key that always returns a signature: paramiko closes the connection when an agent refuses to sign.

    With a certificate `public`, that is what the server is sent.
    """

    def __init__(self, key: paramiko.PKey, public: PublicBlob | None = None) -> None:
        self._key = key
        self.public_blob = public

    def __getattr__(self, name: str) -> Any:
        return getattr(self._key, name)

    @property
    def shown(self) -> bytes:
        """What the server is sent: the certificate or the public key."""
        return self.public_blob.key_blob if self.public_blob else self.asbytes()

    def asbytes(self) -> bytes:
        """Return the public key."""
        return self._key.asbytes()

    def get_name(self) -> str:
        """Return the key's type."""
        return self._key.get_name()

    @property
    def algorithm_name(self) -> str:
        """Return the algorithm's name for the log."""
        return self._key.algorithm_name

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Message:
        """Return the signature, or an invalid one if the agent refused."""
        try:
            return self._key.sign_ssh_data(data, algorithm)
        except (SSHException, OSError):
            refused = Message()
            refused.add_string(algorithm or self.get_name())
            refused.add_string(bytes(64))
            return refused


def passphrase_forbidden(file: KeyFile) -> UnusableKey:
    """Return why a key with a passphrase cannot be used where nothing may be asked."""
    return UnusableKey(
        f"{file.name} has a passphrase, and BatchMode does not allow to ask for it",
        f"Run: ssh-add '{file.path}', or set `BatchMode no` for this host in ~/.ssh/config.",
    )


def _load(content: bytes, secret: bytes | None) -> Any:
    """Return what cryptography reads in a key file."""
    if openssh_cipher(content):
        return serialization.load_ssh_private_key(content, secret)
    return serialization.load_pem_private_key(content, secret)


def _cannot_be_read(path: Path, error: OSError) -> UnusableKey:
    if isinstance(error, FileNotFoundError):
        return UnusableKey(f"{path.name} does not exist", f"Check IdentityFile in ~/.ssh/config: {path}")
    reason = clean(error.strerror or type(error).__name__)
    return UnusableKey(f"{path.name} cannot be read: {reason}", f"Check the owner and permissions of {path}.")


def _read(path: Path, secret: bytes | None) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path, secret)  # type: ignore[arg-type]
    except (SSHException, KeyError):  # PKCS #8, or encrypted by AES-GCM
        key = _load(path.read_bytes(), secret)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(plain))
        except SSHException:
            continue
    raise SSHException("a key of an unknown type")


def passphrase_opens(path: Path, passphrase: Secret) -> bool | None:
    """Return whether a passphrase opens a key file, None if only OpenSSH can read the file; blocking."""
    try:
        return KeyFile(path).load(passphrase.reveal()) is not None
    except UNREADABLE:
        return None


def connect_agent(endpoint: Endpoint, report: Callable[[str], None]) -> Agent | None:
    """Return the agent, None if none answers; blocking, for a moment."""
    try:
        return Agent.connect(endpoint.agent, report) if endpoint.agent else None
    except (OSError, SSHException):
        return None


def agent_keys(endpoint: Endpoint, agent: Agent) -> tuple[paramiko.PKey, ...]:
    """Return the agent's keys that may be offered, the configured ones first."""
    configured = {public_half(path) for path in endpoint.identities} - {b""}
    first = tuple(key for key in agent.keys if key.asbytes() in configured)
    return first if endpoint.identities_only else (*first, *(key for key in agent.keys if key not in first))


def key_files(endpoint: Endpoint, seen: Set[bytes]) -> Iterator[KeyFile]:
    """Yield the key files whose public key no agent has offered to the server; a default one only if it exists."""
    for path in endpoint.identities:
        named = path not in DEFAULT_FILES and (path.is_dir() or not os.path.lexists(path))
        file = KeyFile(path)
        if (path.is_file() or named) and file.blob not in seen:
            yield file
