"""The link that an OpenSSH master carries: channels are opened by its control socket."""

import contextlib
import secrets
import socket
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.ssh.copying import close_end
from jupystra_tui.ssh.mux_channel import MuxChannel
from jupystra_tui.ssh.mux_ping import PingSession
from jupystra_tui.ssh.mux_protocol import ControlSocket
from jupystra_tui.ssh.ssh_link import CHANNEL_SECONDS, End
from jupystra_tui.ssh.threads import in_thread

RELEASE_SECONDS = 1.5
RELEASE_PAUSE = 0.05


class Master:
    """An OpenSSH master that the user started; it is used, and not ended."""

    name = "your own OpenSSH master"

    def __init__(self, control: Path) -> None:
        self.control = control

    @property
    def disconnect_reason(self) -> str:
        """The reason that the server gave when it ended the connection; empty: the control socket does not tell."""
        return ""

    def explain(self, refusal: ChannelException) -> ChannelException:
        """Return a refusal with what the master has printed about it."""
        return refusal

    def close(self) -> None:
        """End the master if it is ours; blocking, for a moment. Idempotent."""


class MuxLink:
    """A `Link` over a master; made by `open`. `sockets` is a 0700 folder for the sockets that the master forwards.

    The control connection `watch` ends with the master.
    """

    def __init__(self, master: Master, watch: ControlSocket, sockets: Path) -> None:
        self.transport = master.name
        self._master = master
        self._watch = watch
        self._sockets = sockets
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._forwards: dict[str, Path] = {}
        self._ends: weakref.WeakSet[End] = weakref.WeakSet()
        self._pings = PingSession(partial(self._session, "exec cat", combine_stderr=True))

    @classmethod
    def open(cls, master: Master, sockets: Path) -> "MuxLink":
        """Return a link over a master that answers; blocking. Raises OSError, SSHException, EOFError."""
        watch = ControlSocket.connect(master.control, CHANNEL_SECONDS)
        try:
            watch.alive()
        except BaseException:
            watch.close()
            raise
        return cls(master, watch, sockets)

    @property
    def is_active(self) -> bool:
        """Whether requests can be sent."""
        return not self._ended.is_set()

    @property
    def disconnect_reason(self) -> str:
        """The reason that the server gave when it ended the connection; empty if that is not known."""
        return self._master.disconnect_reason

    async def open_session(self, command: str, *, combine_stderr: bool = False) -> MuxChannel:
        """Return a channel to a command; raises ChannelException, SSHException, EOFError, OSError."""
        opening = _Opening(partial(self._session_or_release, command, combine_stderr=combine_stderr))
        try:
            return await in_thread(opening.run)
        except BaseException:
            opening.abandon()
            raise

    def open_direct(self, host: str, port: int) -> MuxChannel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException, OSError."""
        return self._open(lambda control, ends: control.new_stdio_forward(host, port, ends), 2)

    def open_streamlocal(self, path: str) -> socket.socket:
        """Return a connection to a unix socket on the login node; blocking. Raises SSHException, OSError."""
        with self._lock:
            near = self._forwards.get(path) or self._forward(path)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(near))
        except BaseException:
            line.close()
            raise
        self._keep(line)
        return line

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
        close_end(self._watch.sock)
        self._end()

    def _end(self) -> None:
        self._ended.set()
        with self._lock:
            ends, self._ends = list(self._ends), weakref.WeakSet()
            forwards, self._forwards = self._forwards, {}
        for end in ends:
            close_end(end)
        self._master.close()
        self._pings.close()
        self._watch.close()
        for near in forwards.values():
            near.unlink(missing_ok=True)

    def _session_or_release(self, command: str, *, combine_stderr: bool) -> MuxChannel:
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
                time.sleep(RELEASE_PAUSE)  # the server does not report when the closed session has ended

    def _session(self, command: str, *, combine_stderr: bool) -> MuxChannel:
        def start(control: ControlSocket, ends: tuple[socket.socket, ...]) -> None:
            control.new_session(command, (*ends, ends[1]) if combine_stderr else ends)

        return self._open(start, 2 if combine_stderr else 3)

    def _open(
        self, request: Callable[[ControlSocket, tuple[socket.socket, ...]], None], count: int
    ) -> MuxChannel:
        """Return a channel that `request` opens on `count` sockets, whose other ends the master gets."""
        control = ControlSocket.connect(self._master.control, CHANNEL_SECONDS)
        pairs = [socket.socketpair() for _ in range(count)]
        channel = MuxChannel(control, *(ours for ours, _ in pairs))
        try:
            request(control, tuple(theirs for _, theirs in pairs))
            self._keep(channel)
        except ChannelException as error:
            channel.close()
            raise self._master.explain(error) from error
        except BaseException:
            channel.close()
            raise
        finally:
            for _, theirs in pairs:
                theirs.close()
        return channel

    def _keep(self, end: End) -> None:
        """Keep an end to close it with the link; raises EOFError if the link has ended."""
        with self._lock:
            if not self._ended.is_set():
                self._ends.add(end)
                return
        close_end(end)
        raise EOFError("the connection has ended")

    def _forward(self, path: str) -> Path:
        near = self._sockets / f"s-{secrets.token_hex(4)}"
        control = ControlSocket.connect(self._master.control, CHANNEL_SECONDS)
        try:
            control.forward_streamlocal(near, path)
        finally:
            control.close()
        self._forwards[path] = near
        return near


class _Opening:
    """A session that is being opened in a thread; `abandon` closes it, also when it comes later."""

    def __init__(self, open_session: Callable[[], MuxChannel]) -> None:
        self._open_session = open_session
        self._lock = threading.Lock()
        self._channel: MuxChannel | None = None
        self._abandoned = False

    def run(self) -> MuxChannel:
        """Return the session."""
        channel = self._open_session()
        with self._lock:
            self._channel = channel
            abandoned = self._abandoned
        if abandoned:
            channel.close()
        return channel

    def abandon(self) -> None:
        """The session is no longer wanted."""
        with self._lock:
            self._abandoned = True
            channel = self._channel
        if channel:
            channel.close()
