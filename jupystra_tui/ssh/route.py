"""What every way to a compute node offers to those who use it."""

import asyncio
import errno
import socket
from typing import Protocol

from jupystra_tui.errors import TunnelError


class Route(Protocol):
    """A way to a node, on which local ports are forwarded. `ended` is set when it is gone, `reason` then says why.

    `received` and `sent` count bytes so far.
    """

    ended: asyncio.Event
    reason: str

    @property
    def received(self) -> int: ...

    @property
    def sent(self) -> int: ...

    async def ready(self) -> None:
        """Wait until the node let us in; raises TunnelError, GivenUp when the person cancelled."""

    async def forward(self, ports: range, remote: int) -> int:
        """Forward the first of `ports` that is free on 127.0.0.1 to the node's 127.0.0.1:`remote`; returns that port.

        Raises TunnelError when none could be had.
        """

    async def unforward(self, local: int, remote: int) -> None:
        """Take a forward back."""

    async def aclose(self) -> None:
        """End it with all it started; again without harm."""


def taken(port: int) -> TunnelError:
    """Return the error of a local port that is not free."""
    return TunnelError(
        f"Port {port} on this laptop is taken",
        "Close what uses it, or choose another local port; 0 takes the next that is free.",
    )


def none_free(ports: range) -> TunnelError:
    """Return the error of `ports` of which no one is free."""
    if len(ports) == 1:
        return taken(ports[0])
    return TunnelError(
        f"No free port from {ports[0]} to {ports[-1]} on this laptop", "Choose another local port."
    )


def is_free(port: int) -> bool:
    """Return whether this laptop's 127.0.0.1 has that port to spare; False too where we may not listen on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True
