"""What a connection needs of the ssh program under it: channels, a ping, and its end."""

import socket
from typing import Protocol

CHANNEL_SECONDS = 10.0


class LinkChannel(Protocol):
    """A channel to a command or a port, with the methods of a socket; a closed one raises OSError."""

    def recv(self, size: int, /) -> bytes:
        """Return what was received; empty at the end."""

    def recv_stderr(self, size: int, /) -> bytes:
        """Return what the command wrote on standard error; empty at the end."""

    def send(self, data: bytes, /) -> int:
        """Send a part of `data`; returns how many bytes."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""

    def settimeout(self, seconds: float | None, /) -> None:
        """Let `recv` and `send` raise TimeoutError after so many seconds."""

    def shutdown(self, how: int, /) -> None:
        """Close one or both directions, as `socket.socket.shutdown` does."""

    def shutdown_write(self) -> None:
        """Signal that nothing more is sent."""

    def close(self) -> None:
        """Close the channel. Idempotent."""


End = socket.socket | LinkChannel


class Link(Protocol):
    """A logged-in ssh connection. Channels are refused with ChannelException; a broken link raises SSHException,
    EOFError or OSError.
    """

    transport: str
    """The program that carries it, as the user reads it."""

    @property
    def is_active(self) -> bool:
        """Whether requests can be sent."""

    @property
    def disconnect_reason(self) -> str:
        """The reason that the server gave when it ended the connection; empty if it gave none."""

    async def open_session(self, command: str, *, combine_stderr: bool = False) -> LinkChannel:
        """Return a channel to a command, whose standard error may be combined with its output."""

    def open_direct(self, host: str, port: int) -> LinkChannel:
        """Return a channel to a port that the login node can reach; blocking."""

    def open_streamlocal(self, path: str) -> End:
        """Return a channel to a unix socket on the login node; blocking."""

    async def ping(self) -> None:
        """Return once the login node has answered; raises OSError when nothing can be sent."""

    def join(self) -> None:
        """Return when the link has ended; blocking."""

    def close(self) -> None:
        """End the link; blocking, for a moment. Idempotent."""
