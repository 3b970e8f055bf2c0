"""A channel of an OpenSSH master: sockets that the master copies to and from, with the methods of one socket."""

import socket
from contextlib import suppress
from io import BufferedReader
from typing import Literal

from jupystra_tui.ssh.mux_protocol import ControlSocket


class MuxChannel:
    """A `LinkChannel`. Closing it closes the control connection that opened it, which ends the channel.

    `input_`, `output` and `error` are our ends of the command's standard streams, or of the two directions to a port.
    """

    def __init__(
        self,
        control: ControlSocket,
        input_: socket.socket,
        output: socket.socket,
        error: socket.socket | None = None,
    ) -> None:
        self._control = control
        self._input = input_
        self._output = output
        self._error = error

    def recv(self, size: int, /) -> bytes:
        """Return what was received; empty at the end."""
        return self._output.recv(size)

    def recv_stderr(self, size: int, /) -> bytes:
        """Return what the command wrote on standard error; empty at the end."""
        return self._error.recv(size) if self._error else b""

    def send(self, data: bytes, /) -> int:
        """Send a part of `data`; returns how many bytes."""
        return self._input.send(data)

    def sendall(self, data: bytes, /) -> None:
        """Send all of `data`."""
        self._input.sendall(data)

    def makefile(self, mode: Literal["rb"]) -> BufferedReader:
        """Return a file of what is received, as `http.client` needs it."""
        return self._output.makefile(mode)

    def settimeout(self, seconds: float | None, /) -> None:
        """Let `recv` and `send` raise TimeoutError after so many seconds."""
        for stream in self._streams:
            stream.settimeout(seconds)

    def shutdown(self, how: int, /) -> None:
        """Close one or both directions."""
        if how != socket.SHUT_WR:
            self._output.shutdown(socket.SHUT_RDWR)
        if how != socket.SHUT_RD:
            self._input.shutdown(socket.SHUT_WR)

    def shutdown_write(self) -> None:
        """Signal that nothing more is sent."""
        self._input.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close the channel, and wake every thread that waits for it. Idempotent."""
        self._control.close()
        for stream in self._streams:
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
            stream.close()

    @property
    def _streams(self) -> tuple[socket.socket, ...]:
        return (self._input, self._output, *((self._error,) if self._error else ()))
