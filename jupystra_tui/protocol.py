"""What the worker and its front ends say to each other: typed, versioned messages on a unix socket.

A frame is four bytes of length (big-endian) and that many bytes of msgpack. The first frame each way is a `Hello`,
whose shape never changes, so that any two versions can at least part in peace. Then a front end sends `Request`s; the
worker answers each with one `Reply` and tells every front end of each change with a `Notice`.
"""

import asyncio
from typing import Any, Literal

import msgspec
from msgspec import Struct

from jupystra_tui.model import Cluster, JobRequest, Launch, Problem, Prompt, Session, Snapshot, Tunnel
from jupystra_tui.text import Secret

VERSION = 1
FRAME_LIMIT = 256 * 1024 * 1024


class Hello(Struct, frozen=True):
    """The first frame of each side. `want` is `attach`, or `stop` to end a worker of any version."""

    protocol: int
    program: str
    pid: int
    want: str = "attach"


class Login(Struct, frozen=True, tag=True):
    """Log in to a cluster, or come back to it; answered at once with `Done`, the rest are events.

    `agent` is the socket of the front end's own ssh-agent, which may be a newer one than the worker's; `password`
    answers the login's first question for one.
    """

    cluster: Cluster
    agent: str = ""
    password: Secret | None = None


class Logout(Struct, frozen=True, tag=True):
    """Close a session and its tunnels; jobs go on. Answered with `Done`."""

    cluster: str


class Refresh(Struct, frozen=True, tag=True):
    """Look at the queue now (not more often than the site allows). Answered with `Done`."""

    cluster: str


class Attention(Struct, frozen=True, tag=True):
    """Whether somebody looks at this front end: polls get rarer when nobody does. Answered with `Done`."""

    looking: bool


class Cancel(Struct, frozen=True, tag=True):
    """Kill jobs, named by `Job.key`. Answered with `Done` when the scheduler took it."""

    cluster: str
    keys: tuple[str, ...]


class Preview(Struct, frozen=True, tag=True):
    """What would be sent for this request? Answered with `Previewed`; nothing is submitted."""

    cluster: str
    request: JobRequest


class Start(Struct, frozen=True, tag=True):
    """Submit, wait and connect. Answered with `Started`; the rest are `LaunchChanged`."""

    cluster: str
    request: JobRequest


class Connect(Struct, frozen=True, tag=True):
    """Open a tunnel to a job's server, or find the one that is open. Answered with `Connected` when it is ready."""

    cluster: str
    job: str
    local_port: int = 0


class Disconnect(Struct, frozen=True, tag=True):
    """Close a tunnel; the job goes on. Answered with `Done`."""

    tunnel: str


class Reconnect(Struct, frozen=True, tag=True):
    """Open a tunnel again on the same local port. Answered with `Connected` when it is ready."""

    tunnel: str


class GetUrl(Struct, frozen=True, tag=True):
    """The address for the browser, token and all. Answered with `Url`."""

    tunnel: str


class ReadLog(Struct, frozen=True, tag=True):
    """The end of a job's log. Answered with `LogRead`."""

    cluster: str
    job: str
    limit: int = 65536


class Describe(Struct, frozen=True, tag=True):
    """All that the scheduler knows of a job. Answered with `Described`."""

    cluster: str
    job: str


class ListHosts(Struct, frozen=True, tag=True):
    """The aliases of the ssh configuration (`ssh_config`, or the user's own). Answered with `Hosts`."""

    ssh_config: str = ""


class NodeKey(Struct, frozen=True, tag=True):
    """Plan, make or remove the key that spares the compute nodes' password. Answered with `KeyPlan`."""

    cluster: str
    step: Literal["plan", "make", "remove"]


class Answer(Struct, frozen=True, tag=True):
    """A person's answer to a prompt; None gives up. Answered with `Done`.

    `keep` holds it for the session, `offered` takes what the prompt offered in place of `answer`.
    """

    prompt: str
    answer: Secret | None
    keep: bool = False
    offered: bool = False


class Stop(Struct, frozen=True, tag=True):
    """End the worker: tunnels close, jobs go on. Answered with `Done`."""


class Done(Struct, frozen=True, tag=True):
    """It is done."""


class Previewed(Struct, frozen=True, tag=True):
    """The batch script as it would be sent, and what is wrong with the request, each naming its field."""

    script: str
    problems: tuple[Problem, ...] = ()


class Started(Struct, frozen=True, tag=True):
    """A launch has begun."""

    launch: str


class Connected(Struct, frozen=True, tag=True):
    """A tunnel is open and its server answered."""

    tunnel: str


class Url(Struct, frozen=True, tag=True):
    """An address that opens the server without a question: `http://127.0.0.1:8888/?token=…`."""

    url: Secret


class LogRead(Struct, frozen=True, tag=True):
    """The end of a log; clean text. `path` is where it lies on the cluster."""

    path: str
    text: str


class Described(Struct, frozen=True, tag=True):
    """Fields and values as the scheduler prints them, and what they mean in plain words."""

    fields: tuple[tuple[str, str], ...]
    plain: str = ""


class KeyPlan(Struct, frozen=True, tag=True):
    """Whether there is such a key, and what making it (removing it, if there is) does, a line a step."""

    exists: bool
    lines: tuple[str, ...]


class Hosts(Struct, frozen=True, tag=True):
    """Aliases in the order of the file."""

    aliases: tuple[str, ...]


class SessionChanged(Struct, frozen=True, tag=True):
    """A session came, or changed."""

    session: Session


class SessionClosed(Struct, frozen=True, tag=True):
    """A session is gone."""

    cluster: str


class SnapshotTaken(Struct, frozen=True, tag=True):
    """A look at the queue came back."""

    snapshot: Snapshot


class TunnelsChanged(Struct, frozen=True, tag=True):
    """All tunnels there are now."""

    tunnels: tuple[Tunnel, ...]


class LaunchChanged(Struct, frozen=True, tag=True):
    """A launch moved on."""

    launch: Launch


class PromptAsked(Struct, frozen=True, tag=True):
    """A person must answer."""

    prompt: Prompt


class PromptGone(Struct, frozen=True, tag=True):
    """A question needs no answer any more."""

    prompt: str


Body = (
    Login
    | Logout
    | Refresh
    | Attention
    | Cancel
    | Preview
    | Start
    | Connect
    | Disconnect
    | Reconnect
    | GetUrl
    | ReadLog
    | Describe
    | ListHosts
    | NodeKey
    | Answer
    | Stop
)
Outcome = Done | Previewed | Started | Connected | Url | LogRead | Described | KeyPlan | Hosts
Event = (
    SessionChanged | SessionClosed | SnapshotTaken | TunnelsChanged | LaunchChanged | PromptAsked | PromptGone
)


class Request(Struct, frozen=True, tag=True):
    """A numbered request of one front end."""

    id: int
    body: Body


class Reply(Struct, frozen=True, tag=True):
    """The answer to the request of that number: an outcome, or the problem that prevented it."""

    id: int
    body: Outcome | None = None
    problem: Problem | None = None


class Notice(Struct, frozen=True, tag=True):
    """An event on its way."""

    event: Event


def _encode_secret(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    raise NotImplementedError(f"no way to send a {type(value).__name__}")


def _decode_secret(kind: type, value: Any) -> Any:
    if kind is Secret:
        return Secret(value)
    raise NotImplementedError(f"no way to read a {kind.__name__}")


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_secret)
read_hello = msgspec.msgpack.Decoder(Hello).decode
read_request = msgspec.msgpack.Decoder(Request, dec_hook=_decode_secret).decode
read_answer = msgspec.msgpack.Decoder(Reply | Notice, dec_hook=_decode_secret).decode


def frame(message: Hello | Request | Reply | Notice) -> bytes:
    """Return the bytes of one message, length first."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Return the body of the next frame; raises EOFError when the other side is gone, ValueError for nonsense."""
    try:
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > FRAME_LIMIT:
            raise ValueError(f"a frame of {length} bytes")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise EOFError("the other side is gone") from error
