"""Opens TCP connections over an unreliable network."""

import asyncio
import socket
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from jupystra_tui.ssh.threads import in_thread

RETRY_SECONDS = 1.0  # between two attempts with one address
STAGGER_SECONDS = 0.25  # at least, between attempts with different ones
PROBE_SECONDS = 2.0


class Address(NamedTuple):
    """A numeric address, as `socket.getaddrinfo` has it."""

    family: int
    place: tuple[Any, ...]


_ANYWHERE = (
    Address(socket.AF_INET, ("192.0.2.1", 9)),
    Address(socket.AF_INET6, ("2001:db8::1", 9)),
)  # reserved for documentation


class ProbeResult(Enum):
    """How a host answered an attempt to connect."""

    CONNECTED = "connected"
    REFUSED = "refused"
    SILENT = "silent"


async def addresses(host: str, port: int) -> tuple[Address, ...]:
    """Return the numeric addresses of a host; raises OSError, UnicodeError for an invalid host name."""
    found = await in_thread(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(Address(family, place) for family, _, _, _, place in found))


def peer(sock: socket.socket) -> tuple[Address, ...]:
    """Return the address that a socket is connected to, none for one that is not a TCP socket."""
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return ()
    try:
        return (Address(sock.family, sock.getpeername()),)
    except OSError:
        return ()


async def open_tcp(targets: Sequence[Address], seconds: float, lifetime: float) -> socket.socket:
    """Return a non-blocking socket connected to the first address that answers.

    Each second a new attempt starts; older ones continue until `lifetime`: the system itself resends a lost packet only
    after longer and longer pauses. Raises TimeoutError after `seconds`, OSError when every address refused.
    """
    attempts = _Attempts(targets, lifetime)
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + seconds, max(RETRY_SECONDS / len(targets), STAGGER_SECONDS)
    try:
        while (left := deadline - loop.time()) > 0:
            attempts.start_next()
            connected = await attempts.settle(min(pause, left))
            if connected:
                return connected
        raise TimeoutError("timed out")
    finally:
        attempts.close()


class _Attempts:
    """Attempts to connect; `close` cancels them."""

    def __init__(self, targets: Sequence[Address], lifetime: float) -> None:
        self._targets = targets
        self._lifetime = lifetime
        self._number = 0
        self._waiting: dict[asyncio.Task[socket.socket], Address] = {}
        self._refused: dict[Address, OSError] = {}

    def start_next(self) -> None:
        """Start an attempt with the next address that has not refused."""
        left = [target for target in self._targets if target not in self._refused]
        target = left[self._number % len(left)]
        self._waiting[asyncio.create_task(_connected(target, self._lifetime))] = target
        self._number += 1

    async def settle(self, seconds: float) -> socket.socket | None:
        """Return a connected socket, None after `seconds`, or when one refused; raises OSError when all did."""
        done, _ = await asyncio.wait(self._waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            target, error = self._waiting.pop(task), task.exception()
            if error is None:
                return task.result()
            if isinstance(error, TimeoutError):
                continue
            if not isinstance(error, OSError):
                raise error
            self._refused[target] = error
        if len(self._refused) == len(set(self._targets)):
            raise self._refused[self._targets[0]]
        return None

    def close(self) -> None:
        """Cancel the attempts, and close sockets that connect too late."""
        for task in self._waiting:
            task.cancel()
            task.add_done_callback(_close_late)


async def probe(targets: Sequence[Address], seconds: float) -> ProbeResult:
    """Return whether a host takes a new connection within `seconds`; it is closed at once, with nothing sent."""
    try:
        connected = await open_tcp(targets, seconds, PROBE_SECONDS)
    except ConnectionRefusedError:
        return ProbeResult.REFUSED
    except OSError:
        return ProbeResult.SILENT
    connected.close()
    return ProbeResult.CONNECTED


def has_route(targets: Sequence[Address]) -> bool:
    """Return whether this laptop has a route to one of the addresses, to any where none is given; sends nothing."""
    return any(map(_has_route, targets or _ANYWHERE))


def _has_route(target: Address) -> bool:
    try:
        with socket.socket(target.family, socket.SOCK_DGRAM) as sock:
            sock.connect(target.place)
    except OSError:
        return False
    return True


async def _connected(target: Address, seconds: float) -> socket.socket:
    sock = socket.socket(target.family, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_connect(sock, target.place)
    except BaseException:
        sock.close()
        raise
    return sock


def _close_late(task: "asyncio.Task[socket.socket]") -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()
