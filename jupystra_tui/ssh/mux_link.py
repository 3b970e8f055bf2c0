"""The link that an OpenSSH master carries: channels are opened by its control socket."""

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.ssh.link import CHANNEL_SECONDS
from jupystra_tui.ssh.mux_channel import MuxChannel
from jupystra_tui.ssh.mux_ping import PingSession
from jupystra_tui.ssh.mux_protocol import ControlSocket
from jupystra_tui.ssh.threads import in_thread

RELEASE_SECONDS = 1.0
Refusal = Callable[[ChannelException], ChannelException]
"""Returns a refusal with its reason, where more is known of it than the control socket says."""


class MuxLink:
    """A `Link` over the master that listens at `control`; made by `open_mux_link`.

    `sockets` is a 0700 folder for the unix sockets that the master forwards. `on_close` ends a master of our own.
    """

    def __init__(
        self,
        transport: str,
        control: Path,
        watch: ControlSocket,
        sockets: Path,
        on_close: Callable[[], None],
        explain: Refusal,
    ) -> None:
        self.transport = transport
        self._control = control
        self._watch = watch
        self._sockets = sockets
        self._on_close = on_close
        self._explain = explain
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._forwards: dict[str, Path] = {}
        self._channels: list[MuxChannel] = []
        self._pings = PingSession(lambda: self._session("exec cat", combine_stderr=True))

    @property
    def is_active(self) -> bool:
        """Whether requests can be sent."""
        return not self._ended.is_set()

    async def open_session(self, command: str, *, combine_stderr: bool = False) -> MuxChannel:
        """Return a channel to a command; raises ChannelException, SSHException, EOFError, OSError."""
        opening = _Opening()
        try:
            return await in_thread(
                opening.run, lambda: self._own_session(command, combine_stderr=combine_stderr)
            )
        except BaseException:
            opening.abandon()
            raise

    def open_direct(self, host: str, port: int) -> MuxChannel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException, OSError."""
        return self._open(lambda control, ends: control.new_stdio_forward(host, port, ends), 2)

    def open_streamlocal(self, path: str) -> MuxChannel:
        """Return a channel to a unix socket on the login node; blocking. Raises SSHException, OSError."""
        with self._lock:
            near = self._forwards.get(path) or self._forward(path)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(CHANNEL_SECONDS)
            line.connect(str(near))
            line.settimeout(None)
        except BaseException:
            line.close()
            raise
        return self._kept(_SocketChannel(line))

    async def ping(self) -> None:
        """Return once the login node has answered; raises OSError when nothing can be sent."""
        try:
            await in_thread(self._pings.ping)
        except (SSHException, EOFError) as error:
            raise OSError(str(error)) from error

    def join(self) -> None:
        """Return when the master has ended; blocking."""
        with contextlib.suppress(OSError):
            self._watch.sock.settimeout(None)
            while self._watch.sock.recv(1):
                pass
        self._end()

    def close(self) -> None:
        """Close every channel, and end a master of our own; blocking, for a moment. Idempotent."""
        with contextlib.suppress(OSError):
            self._watch.sock.shutdown(socket.SHUT_RDWR)
        self._end()

    def _end(self) -> None:
        self._ended.set()
        self._pings.close()
        with self._lock:
            channels, self._channels = self._channels, []
            forwards, self._forwards = self._forwards, {}
        for channel in channels:
            channel.close()
        self._on_close()
        self._watch.close()
        for near in forwards.values():
            near.unlink(missing_ok=True)

    def _own_session(self, command: str, *, combine_stderr: bool) -> MuxChannel:
        """Return a session; where the login node allows no further one, the one for pings is given up for it."""
        deadline = time.monotonic() + RELEASE_SECONDS
        released = False
        while True:
            try:
                return self._session(command, combine_stderr=combine_stderr)
            except ChannelException:
                released |= self._pings.release()
                if not released or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)  # the server does not report when the closed session has ended

    def _session(self, command: str, *, combine_stderr: bool) -> MuxChannel:
        count = 2 if combine_stderr else 3

        def start(control: ControlSocket, ends: tuple[socket.socket, ...]) -> None:
            control.new_session(command, ends if count == 3 else (*ends, ends[1]))

        return self._open(start, count)

    def _open(
        self, request: Callable[[ControlSocket, tuple[socket.socket, ...]], None], count: int
    ) -> MuxChannel:
        """Return a channel that `request` opens on `count` sockets, whose other ends the master gets."""
        control = ControlSocket.connect(self._control, CHANNEL_SECONDS)
        pairs = [socket.socketpair() for _ in range(count)]
        try:
            request(control, tuple(theirs for _, theirs in pairs))
        except BaseException as error:
            control.close()
            for ours, _ in pairs:
                ours.close()
            raise self._explain(error) if isinstance(error, ChannelException) else error
        finally:
            for _, theirs in pairs:
                theirs.close()
        return self._kept(MuxChannel(control, *(ours for ours, _ in pairs)))

    def _kept(self, channel: MuxChannel) -> MuxChannel:
        with self._lock:
            if not self._ended.is_set():
                self._channels = [one for one in self._channels if not one.closed] + [channel]
                return channel
        channel.close()
        raise EOFError("the connection has ended")

    def _forward(self, path: str) -> Path:
        near = self._sockets / f"s-{secrets.token_hex(4)}"
        control = ControlSocket.connect(self._control, CHANNEL_SECONDS)
        try:
            control.forward_streamlocal(near, path)
        finally:
            control.close()
        self._forwards[path] = near
        return near
