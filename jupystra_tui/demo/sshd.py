"""The ssh servers of the site: who may log in, what they may run and where they may connect from there."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

from jupystra_tui.demo.exec_session import ExecSession

MAX_SESSIONS = 10
WINDOW_BYTES = 1 << 25
PACKET_BYTES = 1 << 18
WAKE_SECONDS = 1.0
COMMANDS_ONLY = b"echo 'This practice cluster runs commands only, for example: squeue --me' >&2; exit 1"

Route = Callable[[paramiko.Channel], None]


class ForwardRefused(Exception):
    """This host does not forward to there."""


@dataclass(frozen=True)
class Account:
    """The one user of the site: name, the key for every host, the home folder, and the environment of commands."""

    name: str
    key: paramiko.PKey
    home: Path
    environment: Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class HostRules:
    """The banner of a host, the users that it rejects, and the hosts to which it forwards.

    `refusal` is None, or what it says (perhaps nothing) before it closes the connection. `route` returns what carries
    a forward to a host and port; it raises ForwardRefused for what is forbidden and OSError for what cannot
    be reached.
    """

    name: str
    banner: str
    refusal: Callable[[], str | None]
    route: Callable[[str, int], Route]


class SshHost:
    """One host of the site; serves ssh on any connected socket or channel it is given."""

    def __init__(self, rules: HostRules, key: paramiko.PKey, account: Account) -> None:
        self.rules = rules
        self.account = account
        self._key = key
        self._transports: set[paramiko.Transport] = set()
        self.sessions: WeakSet[ExecSession] = WeakSet()

    def serve(self, connected: socket.socket | paramiko.Channel) -> None:
        """Serve one client in threads of its own; returns at once."""
        threading.Thread(target=self._serve, args=(connected,), name=self.rules.name, daemon=True).start()

    def drop(self) -> None:
        """Close every connection to this host."""
        for transport in list(self._transports):
            transport.close()

    def _serve(self, connected: socket.socket | paramiko.Channel) -> None:
        transport = paramiko.Transport(
            connected, default_window_size=WINDOW_BYTES, default_max_packet_size=PACKET_BYTES
        )
        transport.add_server_key(self._key)
        self._transports.add(transport)
        try:
            connection = _Connection(self, transport)
            transport.start_server(server=connection)
            connection.serve_channels()
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()
        finally:
            self._transports.discard(transport)


class _Connection(paramiko.ServerInterface):
    """One client's connection; paramiko calls the `check_` methods in the transport's thread."""

    def __init__(self, host: SshHost, transport: paramiko.Transport) -> None:
        self._host = host
        self._transport = transport
        self._routes: dict[int, Route] = {}
        self._sessions: set[paramiko.Channel] = set()
        self._opening: set[int] = set()

    def serve_channels(self) -> None:
        """Pass each channel that the client opens to its handler, until the connection ends."""
        while self._transport.is_active():
            channel = self._transport.accept(WAKE_SECONDS)
            if channel is None:
                continue
            if channel.get_id() in self._routes:
                self._routes.pop(channel.get_id())(channel)
            else:
                self._sessions = {one for one in self._sessions if not one.closed} | {channel}
                self._opening.discard(channel.get_id())

    def get_banner(self) -> tuple[str, str]:
        refusal = self._host.rules.refusal()
        text = self._host.rules.banner if refusal is None else refusal
        return text.replace("\n", "\r\n"), "en-US"

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if self._host.rules.refusal() is not None:
            self._transport.close()
            return AUTH_FAILED
        account = self._host.account
        return AUTH_SUCCESSFUL if username == account.name and key == account.key else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind != "session":
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        if len(self._opening) + sum(not one.closed for one in self._sessions) >= MAX_SESSIONS:
            return OPEN_FAILED_CONNECT_FAILED
        self._opening.add(chanid)
        return OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        try:
            self._routes[chanid] = self._host.rules.route(*destination)
        except ForwardRefused:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        except OSError:
            return OPEN_FAILED_CONNECT_FAILED
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        account = self._host.account
        environment = account.environment(self._host.rules.name)
        self._host.sessions.add(ExecSession(channel, command, account.home, environment))
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return self.check_channel_exec_request(channel, COMMANDS_ONLY)


class Listener:
    """Accepts the connections to the login node on a free port of loopback."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._take_in, name="listener", daemon=True).start()

    def close(self) -> None:
        """Accept no more connections."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _take_in(self) -> None:
        while True:
            try:
                connected, _ = self._socket.accept()
            except OSError:
                return
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(connected)
