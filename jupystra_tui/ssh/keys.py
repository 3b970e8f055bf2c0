"""The keys a person has: in the agent and in files, in the order to offer them."""

import base64
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko import Message
from paramiko.agent import AgentSSH
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.resolve import Endpoint

UNREADABLE = (SSHException, OSError, ValueError, UnsupportedAlgorithm, UnknownKeyType)
AGENT_SECONDS = 5.0
SIGN_SECONDS = 60.0  # a person may have to touch or confirm


class Agent(AgentSSH):
    """The ssh-agent behind a socket (paramiko's own reads the environment and waits for ever).

    Raises OSError and SSHException.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(AGENT_SECONDS)
        line.connect(path)
        self._connect(line)  # type: ignore[attr-defined]
        line.settimeout(SIGN_SECONDS)


class KeyFile:
    """A private key's file: `name` to show, `blob` of the public half where it lies beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.blob = _public_blob(path)

    def load(self, passphrase: str | None = None) -> paramiko.PKey | None:
        """Return the key, None when it needs another passphrase; raises one of `UNREADABLE`."""
        secret = passphrase.encode() if passphrase else None
        try:
            return _read(self.path, secret)
        except TypeError:
            return None
        except (SSHException, ValueError) as error:
            if passphrase or "password" in str(error).lower():
                return None
            raise


class Willing(paramiko.PKey):
    """A key that always signs: paramiko ends the whole connection when an agent refuses, so the server shall refuse."""

    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key
        self.public_blob = key.public_blob

    def __getattr__(self, name: str) -> Any:
        return getattr(self._key, name)

    def asbytes(self) -> bytes:
        """Return the public half."""
        return self._key.asbytes()

    def get_name(self) -> str:
        """Return the key's type."""
        return self._key.get_name()

    @property
    def algorithm_name(self) -> str:
        """Return what the log calls it."""
        return self._key.algorithm_name

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Message:
        """Return the signature, or one that no server accepts."""
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
    raise SSHException("a key of a type that is not known")


def agent_keys(endpoint: Endpoint) -> tuple[paramiko.PKey, ...]:
    """Return the agent's keys that may be offered, the configured ones first; none when it does not answer."""
    if not endpoint.agent:
        return ()
    try:
        keys = Agent(endpoint.agent).get_keys()
    except (OSError, SSHException, ValueError):
        return ()
    mine = {_public_blob(path) for path in endpoint.identities} - {b""}
    first = tuple(key for key in keys if key.asbytes() in mine)
    return first if endpoint.identities_only else (*first, *(key for key in keys if key not in first))


def key_files(endpoint: Endpoint, offered: tuple[paramiko.PKey, ...]) -> Iterator[KeyFile]:
    """Yield the key files that exist and whose key has not been offered from the agent."""
    have = {key.asbytes() for key in offered}
    for path in endpoint.identities:
        file = KeyFile(path)
        if path.is_file() and file.blob not in have:
            yield file


def _public_blob(path: Path) -> bytes:
    try:
        return base64.b64decode(path.with_name(path.name + ".pub").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return b""
