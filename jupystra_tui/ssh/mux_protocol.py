"""The protocol of OpenSSH's control socket (its file PROTOCOL.mux): one request on one connection."""

import socket
import struct
from pathlib import Path
from typing import NamedTuple

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.ownership import check_peer
from jupystra_tui.text import clean

VERSION = 4
PACKET_LIMIT = 256 * 1024
HELLO = 0x00000001
NEW_SESSION, ALIVE_CHECK, OPEN_FORWARD, NEW_STDIO_FORWARD = 0x10000002, 0x10000004, 0x10000006, 0x10000008
OK, PERMISSION_DENIED, FAILURE = 0x80000001, 0x80000002, 0x80000003
ALIVE, SESSION_OPENED = 0x80000005, 0x80000006
LOCAL_FORWARD = 1
STREAMLOCAL_PORT = 0xFFFFFFFE  # in place of a port: the host is the path of a unix socket
NO_ESCAPE = 0xFFFFFFFF
CONNECT_FAILED = 2  # RFC 4254, section 5.1


class MuxReply(NamedTuple):
    """The type of a reply, and what follows the id of the request."""

    type: int
    rest: bytes


class ControlSocket:
    """A connection to a master's control socket; made by `connect`."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    @classmethod
    def connect(cls, path: Path, seconds: float) -> "ControlSocket":
        """Return a connection to a master of our user that speaks this version; raises OSError, SSHException.

        Each exchange may take `seconds`.
        """
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.settimeout(seconds)
            sock.connect(str(path))
            check_peer(sock)
            control = cls(sock)
            control._send(struct.pack(">II", HELLO, VERSION))
            hello = control._receive()
            if len(hello) < 8 or struct.unpack_from(">II", hello) != (HELLO, VERSION):
                raise SSHException("the control socket speaks another version of the protocol")
        except BaseException:
            sock.close()
            raise
        return control

    def alive(self) -> int:
        """Return the process id of the master; raises OSError, SSHException."""
        reply = self._request(ALIVE_CHECK, b"")
        if reply.type != ALIVE or len(reply.rest) < 4:
            raise SSHException("the master does not answer")
        return int(struct.unpack_from(">I", reply.rest)[0])

    def new_session(self, command: str, streams: tuple[socket.socket, ...]) -> None:
        """Start a command with these ends as its standard streams; raises ChannelException, OSError, SSHException."""
        no_flags = struct.pack(">IIII", 0, 0, 0, 0)  # no terminal, X11, agent or subsystem
        fields = _string("") + no_flags + struct.pack(">I", NO_ESCAPE) + _string("") + _string(command)
        self._opened(self._request(NEW_SESSION, fields, streams))

    def new_stdio_forward(self, host: str, port: int, streams: tuple[socket.socket, ...]) -> None:
        """Connect a channel to a port to these two ends; raises ChannelException, OSError, SSHException."""
        fields = _string("") + _string(host) + struct.pack(">I", port)
        self._opened(self._request(NEW_STDIO_FORWARD, fields, streams))

    def forward_streamlocal(self, near: Path, far: str) -> None:
        """Let the master listen on the unix socket `near`, and connect to `far`; raises as `new_session` does."""
        port = struct.pack(">I", STREAMLOCAL_PORT)
        fields = struct.pack(">I", LOCAL_FORWARD) + _string(str(near)) + port + _string(far) + port
        reply = self._request(OPEN_FORWARD, fields)
        if reply.type != OK:
            raise _refused(reply)

    def close(self) -> None:
        """Close it; a channel that it opened ends. Idempotent."""
        self.sock.close()

    def _opened(self, reply: MuxReply) -> None:
        if reply.type != SESSION_OPENED:
            raise _refused(reply)

    def _request(self, type_: int, fields: bytes, streams: tuple[socket.socket, ...] = ()) -> MuxReply:
        request_id = 1
        self._send(struct.pack(">II", type_, request_id) + fields)
        for stream in streams:
            socket.send_fds(self.sock, [b"\0"], [stream.fileno()])
        reply = self._receive()
        if len(reply) < 8:
            raise SSHException("a reply of the master is too short")
        found, answers = struct.unpack_from(">II", reply)
        if answers != request_id:
            raise SSHException("the master answered another request")
        return MuxReply(found, reply[8:])

    def _send(self, packet: bytes) -> None:
        self.sock.sendall(struct.pack(">I", len(packet)) + packet)

    def _receive(self) -> bytes:
        size = struct.unpack(">I", self._exactly(4))[0]
        if size > PACKET_LIMIT:
            raise SSHException("a reply of the master is too long")
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            piece = self.sock.recv(size - len(received))
            if not piece:
                raise EOFError("the master closed its control socket")
            received += piece
        return received


def _string(text: str) -> bytes:
    raw = text.encode(errors="surrogateescape")
    return struct.pack(">I", len(raw)) + raw


def _refused(reply: MuxReply) -> Exception:
    """Return the error of a request that the master, or the server behind it, refused."""
    reason = clean(reply.rest[4:], 300) or "no reason given"
    if reply.type in (PERMISSION_DENIED, FAILURE):
        return ChannelException(CONNECT_FAILED, reason)
    return SSHException(f"an unknown reply of the master ({reply.type:#x})")
