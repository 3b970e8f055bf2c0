"""The interface of all routes to a compute node, and the local ports of tunnels."""

import asyncio
import errno
import socket
from typing import Protocol

from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.local_port import Connector, LocalPort

RETRIES, RETRY_PAUSE = 10, 0.1


class Route(Protocol):
    """A connection to a compute node. `ended` is set when it has ended; `reason` then says why."""

    ended: asyncio.Event
    reason: str

    async def ready(self) -> None:
        """Wait for authentication; raises TunnelError, GivenUp when the user cancelled."""

    async def forward(self, remote: int) -> Connector:
        """Return what opens connections to the node's 127.0.0.1:`remote`; raises TunnelError, ConnectError."""

    async def unforward(self, remote: int) -> None:
        """Cancel a forward."""

    async def aclose(self) -> None:
        """End it with all processes that it started. Idempotent."""


class PortTaken(TunnelError):
    """Another program listens at a local port that a tunnel needs."""


def bind_port(port: int) -> LocalPort:
    """Return that port of 127.0.0.1, listening; raises PortTaken."""
    try:
        return LocalPort.bind(port)
    except OSError as error:
        raise port_taken(port) from error


def bind_free_port(ports: range) -> LocalPort:
    """Return the first of `ports` that is free, listening; raises PortTaken."""
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

    It is retried for a moment: a worker that was killed may not have released it yet. Raises PortTaken.
    """
    for _ in range(RETRIES):
        try:
            return LocalPort.bind(port)
        except OSError:
            await asyncio.sleep(RETRY_PAUSE)
    raise port_lost(port)


def port_taken(port: int) -> PortTaken:
    """Return the error of a local port that is not free."""
    return PortTaken(
        f"Port {port} on this laptop is in use",
        "Close the program that uses it, or choose another local port; 0 means the next free one.",
    )


def port_lost(port: int) -> PortTaken:
    """Return the error of a local port that a tunnel had, and that another program uses now."""
    return PortTaken(
        f"Port {port} was taken by another program",
        "Do not use the pages that are open at this port: they belong to the other program now. Close it and "
        "reconnect, or connect to the job again to use another port.",
    )


def is_free(port: int) -> bool:
    """Return whether this laptop's 127.0.0.1 has that port free; False also if listening on it is not allowed."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True
