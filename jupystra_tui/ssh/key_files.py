"""The user's keys, in the agent and in files, in the order to offer them."""

import io
import os
from collections.abc import Callable, Iterator, Set
from pathlib import Path
from typing import Any, NamedTuple

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko import Message
from paramiko.pkey import PublicBlob, UnknownKeyType
from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.agent import Agent
from jupystra_tui.ssh.certificates import is_public, public_half
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.text import Secret, clean

UNREADABLE = (SSHException, OSError, ValueError, KeyError, UnsupportedAlgorithm, UnknownKeyType)
OTHERS = 0o077
SECURITY_KEY = "sk-"


class UnusableKey(NamedTuple):
    """Why a key file cannot be used, and how to fix it."""

    why: str
    hint: str


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
        if is_public(self.path):
            return UnusableKey(
                f"{self.name} is a public key, and no ssh-agent has its private key",
                f"Start the agent that holds it, or name the private file instead of {self.path}.",
            )
        try:
            status = self.path.stat()
        except OSError as gone:
            error = gone
        else:
            if status.st_uid == os.getuid() and status.st_mode & OTHERS:
                return UnusableKey(f"{self.name} can be read by others", f"Run: chmod 600 '{self.path}'")
        if error is None:
            return None
        if SECURITY_KEY in str(error) or SECURITY_KEY.encode() in self.blob[:16]:
            return UnusableKey(
                f"{self.name} is a security key, which needs an ssh-agent here",
                f"Run: ssh-add '{self.path}', then log in again; the agent asks for the touch.",
            )
        if isinstance(error, OSError):
            reason = clean(error.strerror or type(error).__name__)
            return UnusableKey(
                f"{self.name} cannot be read: {reason}", f"Check the owner and permissions of {self.path}."
            )
        return UnusableKey(
            f"{self.name} is not a private key, or is damaged",
            f"Check {self.path}: it may be incomplete.",
        )

    def load(self, passphrase: str | None = None) -> paramiko.PKey | None:
        """Return the key, None if it needs another passphrase; raises one of `UNREADABLE`."""
        secret = passphrase.encode() if passphrase else None
        try:
            return _read(self.path, secret)
        except TypeError:
            return None
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


def _read(path: Path, secret: bytes | None) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path, secret)  # type: ignore[arg-type]
    except SSHException:
        key = serialization.load_pem_private_key(
            path.read_bytes(), secret
        )  # PKCS #8, which paramiko cannot read
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
    """Yield the existing key files whose public key no agent has offered to the server."""
    for path in endpoint.identities:
        file = KeyFile(path)
        if path.is_file() and file.blob not in seen:
            yield file
