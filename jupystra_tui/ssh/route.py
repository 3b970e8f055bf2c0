"""What every way to a compute node offers, and the local port at this end of it."""

import asyncio
import errno
import socket
from typing import Protocol

from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.local_port import Connector, LocalPort

AGAIN_TRIES, AGAIN_PAUSE = 10, 0.1


class Route(Protocol):
    """A way to a compute node. `ended` is set when it is gone; `reason` then says why."""

    ended: asyncio.Event
    reason: str

    async def ready(self) -> None:
        """Wait for authentication; raises TunnelError, GivenUp when the person cancelled."""

    async def forward(self, remote: int) -> Connector:
        """Return what opens connections to the node's 127.0.0.1:`remote`; raises TunnelError, ConnectError."""

    async def unforward(self, remote: int) -> None:
        """Take a forward back."""

    async def aclose(self) -> None:
        """End it with all it started. Idempotent."""


class PortTaken(TunnelError):
    """Another program listens at a local port that a tunnel needs."""


def bind_port(port: int) -> LocalPort:
    """Return that port of 127.0.0.1, held; raises PortTaken."""
    try:
        return LocalPort.bind(port)
    except OSError as error:
        raise port_taken(port) from error


def bind_free_port(ports: range) -> LocalPort:
    """Return the first of `ports` that is free, held; raises PortTaken."""
    for port in ports:
        try:
            return LocalPort.bind(port)
        except OSError:
            continue
    raise PortTaken(
        f"No free port from {ports[0]} to {ports[-1]} on this laptop", "Choose another local port."
    )


async def rebind_port(port: int) -> LocalPort:
    """Return the port that a tunnel had, and no other: pages that are open in a browser send their token there.

    It is tried for a moment: a worker that was killed may not have let it go yet. Raises PortTaken.
    """
    for _ in range(AGAIN_TRIES):
        try:
            return LocalPort.bind(port)
        except OSError:
            await asyncio.sleep(AGAIN_PAUSE)
    raise port_lost(port)


def port_taken(port: int) -> PortTaken:
    """Return the error of a local port that is not free."""
    return PortTaken(
        f"Port {port} on this laptop is taken",
        "Close what uses it, or choose another local port; 0 takes the next that is free.",
    )


def port_lost(port: int) -> PortTaken:
    """Return the error of a local port that a tunnel had, and that another program has now."""
    return PortTaken(
        f"Port {port} was taken by another program",
        "Do not use the pages that are open at this port: they belong to the other program now. Close it and "
        "reconnect, or connect to the job again to use another port.",
    )


def is_free(port: int) -> bool:
    """Return whether this laptop's 127.0.0.1 has that port free; False too where we may not listen on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True
