"""A key for the compute nodes, instead of their password: created and authorized, or removed, on request."""

import asyncio
import hashlib
import shlex
import socket
from pathlib import Path

from jupystra_tui.errors import AuthError
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.host_keys import keygen_missing
from jupystra_tui.text import clean_lines

RESTRICTIONS = 'restrict,port-forwarding,permitopen="127.0.0.1:*"'
FILE = "~/.ssh/authorized_keys"
LONGEST_NAME = 40


def key_path(state: Path, user: str, host: str) -> Path:
    """Return the path of the key for a login, whether or not it exists."""
    name = "".join(char if char.isalnum() or char in "-." else "_" for char in f"{user}-{host}")[
        :LONGEST_NAME
    ]
    digest = hashlib.sha256(f"{user}@{host}".encode()).hexdigest()[:8]
    return state / f"key-{name}-{digest}"


def plan(key: Path, user: str, host: str) -> tuple[str, ...]:
    """Return the steps of `make`, or of `remove` if the key exists."""
    if key.exists():
        return (
            f"remove its line from {FILE} of {user} on {host}",
            f"delete {key} and {key.name}.pub on this laptop",
        )
    return (
        f"create a key on this laptop: {key} (ed25519, readable only by you, no passphrase)",
        f"add it to {FILE} of {user} on {host}, with these restrictions: {RESTRICTIONS}",
        "it cannot open a shell: it can only forward to ports on a node's own 127.0.0.1",
    )


async def make(connection: Connection, key: Path) -> None:
    """Create the key and authorize it over the verified connection; raises AuthError, and then removes the key."""
    comment = f"jupystra-tui on {socket.gethostname()}"
    try:
        await _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(key))
        line = f"{RESTRICTIONS} {_public(key)} {comment}"
        script = (
            "umask 077; mkdir -p ~/.ssh && touch ~/.ssh/authorized_keys && "
            '{ [ -z "$(tail -c 1 ~/.ssh/authorized_keys)" ] || echo >>~/.ssh/authorized_keys; } && '
            f"printf '%s\\n' {shlex.quote(line)} >>~/.ssh/authorized_keys"
        )
        await _run(connection, script, f"{FILE} cannot be written")
    except BaseException:
        _delete(key)
        raise


async def remove(connection: Connection, key: Path) -> None:
    """Remove only the key's line from the file on the cluster, and delete the key; raises AuthError."""
    script = (
        "umask 077; cd ~/.ssh && cp authorized_keys authorized_keys.jupystra && "
        f"{{ grep -vF {shlex.quote(_public(key))} authorized_keys.jupystra >authorized_keys || [ $? = 1 ]; }} && "
        "rm -f authorized_keys.jupystra && { [ -s authorized_keys ] || rm -f authorized_keys; }"
    )
    await _run(connection, script, f"{FILE} cannot be changed")
    _delete(key)


def _public(key: Path) -> str:
    words = key.with_name(key.name + ".pub").read_text().split()
    return f"{words[0]} {words[1]}"


def _delete(key: Path) -> None:
    key.unlink(missing_ok=True)
    key.with_name(key.name + ".pub").unlink(missing_ok=True)


async def _run(connection: Connection, script: str, failure: str) -> None:
    result = await connection.run(script)
    if result.code:
        raise AuthError(
            failure, "Check your quota, and the owner of the file.", clean_lines(result.err).strip()
        )


async def _ssh_keygen(*words: str) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            "ssh-keygen", *words, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
    except FileNotFoundError as error:
        raise keygen_missing() from error
    _, stderr = await process.communicate()
    if process.returncode:
        raise AuthError(
            "The key could not be created", "The details show ssh-keygen's message.", clean_lines(stderr)
        )
