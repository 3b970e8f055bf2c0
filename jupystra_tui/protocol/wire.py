"""The wire format.

A frame is four bytes of length (big-endian) and that many bytes of msgpack. The first frame each way is a `Hello`,
which is small and never changes, so that any two versions can at least close the connection cleanly. Then a front end
sends `Request`s; the worker answers each with one `Reply`, also when a `CancelRequest` ends it early, and sends each
change to every front end as a `Notice`.
"""

import asyncio
from typing import Any

import msgspec
from msgspec import Struct

from jupystra_tui.model import Problem
from jupystra_tui.protocol.events import Event
from jupystra_tui.protocol.outcomes import Outcome
from jupystra_tui.protocol.requests import Body
from jupystra_tui.text import Secret

VERSION = 7
HELLO_LIMIT = 4096
REQUEST_LIMIT = 16 * 1024 * 1024
FRAME_LIMIT = 256 * 1024 * 1024


class Hello(Struct, frozen=True):
    """The first frame of each side. `want` is `attach`, or `stop` to end a worker of any version.

    `keep` is whether the next worker opens the tunnels of one that is stopped.
    """

    protocol: int
    program: str
    pid: int
    want: str = "attach"
    keep: bool = False


class Request(Struct, frozen=True, tag=True):
    """A numbered request of one front end."""

    id: int
    body: Body


class CancelRequest(Struct, frozen=True, tag=True):
    """The reply to that request is no longer needed; a request that changes something is still finished."""

    id: int


class Reply(Struct, frozen=True, tag=True):
    """The answer to the request of that number: an outcome, or the problem that prevented it."""

    id: int
    body: Outcome | None = None
    problem: Problem | None = None


class Notice(Struct, frozen=True, tag=True):
    """An event."""

    event: Event


def _encode_secret(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(f"cannot encode a {type(value).__name__}")


def _decode_secret(kind: type, value: Any) -> Any:
    if kind is Secret:
        return Secret(value)
    raise NotImplementedError(f"cannot decode a {kind.__name__}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_secret)
read_hello = msgspec.msgpack.Decoder(Hello).decode
read_request = msgspec.msgpack.Decoder(Request | CancelRequest, dec_hook=_decode_secret).decode
read_answer = msgspec.msgpack.Decoder(Reply | Notice, dec_hook=_decode_secret).decode


def frame(message: Hello | Request | CancelRequest | Reply | Notice) -> bytes:
    """Return the bytes of one message, length first."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


async def read_frame(reader: asyncio.StreamReader, limit: int = FRAME_LIMIT) -> bytes:
    """Return the body of the next frame.

    Raises EOFError when the connection was closed, ValueError for a frame of more than `limit` bytes.
    """
    try:
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > limit:
            raise ValueError(f"a frame of {length} bytes, where at most {limit} are allowed")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise EOFError("the connection was closed") from error
