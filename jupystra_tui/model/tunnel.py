"""Jupyter servers, and the tunnels to them."""

from enum import Enum

from msgspec import Struct


class JupyterServer(Struct, frozen=True):
    """A Jupyter server as its runtime file tells; its token stays in the worker. `tag` names the job's folder.

    `path` begins and ends with a slash; it is empty where the server's base path cannot be part of an address.
    """

    job: str
    tag: str
    node: str
    port: int
    path: str = "/"
    version: str = ""
    root: str = ""


class TunnelState(Enum):
    """Where a tunnel stands; the value is the word shown."""

    OPENING = "opening"
    UP = "up"
    DOWN = "down"


class Tunnel(Struct, frozen=True):
    """A tunnel from 127.0.0.1:`local_port` to a server on a compute node.

    `ready` says that the server itself answered through it, with its token. `since` is when it came to this state, in
    seconds since 1970. `kernels` and `busy` count the server's kernels, `idle` is seconds since its last activity,
    `round_trip` milliseconds, `received` and `sent` bytes so far; None where not known. `reason` says why it is down.
    """

    id: str
    cluster: str
    job: str
    name: str
    node: str
    state: TunnelState
    local_port: int = 0
    remote_port: int = 0
    ready: bool = False
    since: float = 0.0
    kernels: int | None = None
    busy: int | None = None
    idle: float | None = None
    round_trip: float | None = None
    received: int = 0
    sent: int = 0
    route: tuple[str, ...] = ()
    reason: str = ""
