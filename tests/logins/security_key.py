"""A FIDO key without hardware: it signs in software, and a finger touches it through files.

ssh reaches it through a middleware library of ours, `sk_provider.c` (SecurityKeyProvider), which leaves what is to be
signed in a file and waits for the signature in another; an agent signs with `agent_signs`.
"""

import asyncio
import base64
import hashlib
import os
import struct
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..cluster.wait import until
from .agents import SIGNATURE, framed, string

HERE = Path(__file__).parent
NAME = "security"
TYPE, APPLICATION = b"sk-ssh-ed25519@openssh.com", b"ssh:"
TOUCHED, COUNTER = 1, 7
MESSAGE, ANSWER = "message", "signature"

_key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_public = _key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def make(folder: Path, passphrase: str = "") -> None:
    """Write the key's two files: the private one holds only a handle, as with a real key."""
    public = string(TYPE) + string(_public) + string(APPLICATION)
    private = bytes(8) + public + bytes([TOUCHED]) + string(b"handle") + string(b"") + string(NAME.encode())
    private += bytes(range(1, 1 + -len(private) % 8))
    raw = b"openssh-key-v1\0" + string(b"none") * 2 + string(b"") + struct.pack(">I", 1)
    body = base64.encodebytes(raw + string(public) + string(private)).decode()
    file = folder / NAME
    file.touch(0o600)
    file.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}-----END OPENSSH PRIVATE KEY-----\n")
    line = f"{TYPE.decode()} {base64.b64encode(public).decode()} {NAME}\n"
    (folder / f"{NAME}.pub").write_text(line)


def compile_provider(folder: Path) -> Path:
    """Compile the middleware, whose files lie in `folder`, and return it."""
    library = folder / "sk_provider.so"
    argv = [
        "gcc",
        "-shared",
        "-fPIC",
        f'-DFOLDER="{folder}"',
        "-o",
        str(library),
        str(HERE / "sk_provider.c"),
    ]
    subprocess.run(argv, check=True)
    return library


async def touch(folder: Path) -> None:
    """Wait until ssh wants the key's signature, and touch it."""
    message = folder / MESSAGE
    await asyncio.to_thread(until, message.exists, "ssh to want a signature")
    flags, counter, signature = _sign(message.read_bytes())
    new = folder / f"{ANSWER}.new"
    new.write_bytes(bytes([flags]) + struct.pack("=I", counter) + signature)
    os.rename(new, folder / ANSWER)


def agent_signs(request: bytes) -> bytes:
    """The answer of an agent that holds the key and has been touched."""
    blob = struct.unpack_from(">I", request, 1)[0]
    start = 1 + 4 + blob
    size = struct.unpack_from(">I", request, start)[0]
    flags, counter, signature = _sign(request[start + 4 : start + 4 + size])
    return framed(
        SIGNATURE,
        string(string(TYPE) + string(signature) + bytes([flags]) + struct.pack(">I", counter)),
    )


def _sign(message: bytes) -> tuple[int, int, bytes]:
    head = hashlib.sha256(APPLICATION).digest() + bytes([TOUCHED]) + struct.pack(">I", COUNTER)
    return TOUCHED, COUNTER, _key.sign(head + hashlib.sha256(message).digest())
