"""Tunnels from this laptop to servers on compute nodes."""

from enum import Enum

from msgspec import Struct

from jupystra_tui.model.request import Problem


class TunnelState(Enum):
    """What a tunnel does now; the value is the word shown."""

    RESOLVING = "resolving"
    CONNECTING = "connecting"
    FORWARDING = "forwarding"
    UP = "up"
    WAITING = "needs you"
    RETRYING = "retrying"
    ENDED = "ended"

    @property
    def opening(self) -> bool:
        """Whether it is on its way up, with nothing wrong."""
        return self in (TunnelState.RESOLVING, TunnelState.CONNECTING, TunnelState.FORWARDING)


class Tunnel(Struct, frozen=True):
    """A tunnel from 127.0.0.1:`local_port` to a server on a compute node.

    `ready` says that the server itself answered through it, with its token. `since` is when it came to this state, and
    `retry_at` when it is tried again, both in seconds since 1970; 0 where that is not known. `kernels` and `busy` count
    the server's kernels, `idle` is seconds since its last activity, `round_trip` milliseconds, `received` and `sent`
    bytes so far; None where not known. `reason` says in a few words why it is not ready, or what to know of one that
    is; `problem` also what to do.
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
    retry_at: float = 0.0
    problem: Problem | None = None

    @property
    def wanted(self) -> bool:
        """Whether it is kept open, or opened again, until the user closes it."""
        return self.state is not TunnelState.ENDED
