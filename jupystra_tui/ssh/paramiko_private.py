"""All that this program uses of paramiko's private API, and why; `PRIVATE_NAMES` lists it for a test.

paramiko promises nothing about these names, so `pyproject.toml` limits paramiko to the releases they were tested with.
"""

import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import paramiko
from paramiko import Message
from paramiko.agent import AgentSSH
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import AuthenticationException, SSHException

from jupystra_tui.text import clean

STREAMLOCAL = "direct-streamlocal@openssh.com"
SSH_USERAUTH = "ssh-userauth"
REASON_LIMIT = 400
BANNERS_LIMIT = 20
AnswerRound = Callable[[str, str, list[tuple[str, bool]]], list[str]]
"""Takes title, instructions and questions, each with whether its answer may be shown; returns the answers."""

PRIVATE_NAMES: tuple[tuple[type, str], ...] = (
    (AgentSSH, "_send_message"),
    (AgentSSH, "_read_all"),
    (AuthHandler, "_parse_service_accept"),
    (AuthHandler, "_parse_userauth_info_request"),
    (AuthHandler, "_parse_userauth_banner"),
    (AuthHandler, "_get_key_type_and_bits"),
    (AuthHandler, "_finalize_pubkey_algorithm"),
    (AuthHandler, "wait_for_response"),
    (paramiko.Transport, "_send_message"),
    (paramiko.Transport, "_send_user_message"),
    (paramiko.Transport, "_parse_disconnect"),
    (paramiko.Transport, "_really_parse_kex_init"),
)
"""The private methods that are called or replaced below; `_conn` of AgentSSH and `auth_event` are attributes."""


class OpenTransport(paramiko.Transport):
    """A transport that keeps what the server said: why it disconnected, and the algorithms that it offers.

    It also opens channels to unix sockets (OpenSSH's PROTOCOL file, section 2.4). Private because paramiko only logs
    the first two, and because `Transport.open_channel` cannot add the fields of that channel type to its request.
    """

    disconnect_reason = ""
    offered: Mapping[str, tuple[str, ...]] = {}
    _request = threading.local()

    def _parse_disconnect(self, message: Message) -> None:
        message.get_int()
        self.disconnect_reason = clean(message.get_binary(), REASON_LIMIT)

    def _really_parse_kex_init(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        found: dict[str, Any] = super()._really_parse_kex_init(*arguments, **options)  # type: ignore[misc]
        if not (arguments[1:] or options):  # else it reads what this side sent
            self.offered = {name: tuple(names) for name, names in found.items() if isinstance(names, list)}
        return found

    def open_streamlocal(self, path: str, timeout: float) -> paramiko.Channel:
        """Return a channel to the unix socket at `path` of the server; blocking. Raises SSHException."""
        self._request.path = path
        try:
            return self.open_channel(STREAMLOCAL, timeout=timeout)
        finally:
            self._request.path = None

    def _send_user_message(self, data: Message) -> None:
        """Add to a request for such a channel the path and two reserved fields."""
        path, self._request.path = getattr(self._request, "path", None), None
        if path is not None:
            data.add_string(path)
            data.add_string("")
            data.add_int(0)
        super()._send_user_message(data)  # type: ignore[misc]


class AgentConnection(AgentSSH):
    """The agent protocol over a connected socket.

    Private because paramiko's `Agent` takes its socket from the environment only and waits forever for an answer:
    a subclass overrides `exchange` and `read` to limit both.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._conn = sock

    def exchange(self, message: object) -> tuple[int, Message]:
        """Send a request; return the type and the content of the answer."""
        answer: tuple[int, Message] = super()._send_message(message)  # type: ignore[misc]
        return answer

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes of an answer."""
        received: bytes = super()._read_all(size)  # type: ignore[misc]
        return received

    def _send_message(self, message: object) -> tuple[int, Message]:
        return self.exchange(message)

    def _read_all(self, wanted: int) -> bytes:
        return self.read(wanted)


class AuthRequests:
    """The authentication requests of one login, blocking; `banners` are the server's since they were last taken.

    Each request returns the methods that the server still requires, and raises what `paramiko.Transport` does. Private
    because paramiko keeps only one banner, and always sends a key's signature at once.
    """

    def __init__(self, transport: paramiko.Transport) -> None:
        self.banners: deque[bytes] = deque(maxlen=BANNERS_LIMIT)
        self._transport = transport

    def none(self, user: str) -> list[str]:
        """Request nothing, to learn the methods."""
        return self.send(_Request, lambda handler, event: handler.auth_none(user, event))

    def key(self, user: str, key: paramiko.PKey) -> list[str]:
        """Send a key with its signature."""
        return self.send(_Request, lambda handler, event: handler.auth_publickey(user, key, event))

    def probe(self, user: str, key: paramiko.PKey) -> list[str] | None:
        """Return None when the server accepts the key and requires its signature (RFC 4252, section 7).

        The user need not touch, confirm or unlock a key that the server does not accept.
        """
        try:
            return self.send(_KeyProbe, lambda handler, event: handler.auth_publickey(user, key, event))
        except _ProbeAccepted:
            return None

    def password(self, user: str, password: str) -> list[str]:
        """Send a password."""
        return self.send(_Request, lambda handler, event: handler.auth_password(user, password, event))

    def interactive(self, user: str, answer_round: AnswerRound) -> list[str]:
        """Answer the server's questions, in the transport's thread."""
        return self.send(_Request, lambda handler, event: handler.auth_interactive(user, answer_round, event))

    def send(self, kind: "type[_Request]", start: "Callable[[_Request, threading.Event], None]") -> list[str]:
        """Send one request by a handler of `kind`, and wait for its answer."""
        if not self._transport.is_active():
            raise SSHException("No existing session")
        event = threading.Event()
        self._transport.auth_handler = handler = kind(self._transport, self.banners)
        start(handler, event)
        try:
            return handler.wait_for_response(event)
        except AuthenticationException:
            if handler.accepted:
                raise _ProbeAccepted from None
            raise


class _ProbeAccepted(Exception):
    """The server would accept the key."""


class _Request(AuthHandler):
    """One request; adds each banner that arrives with it to `banners`."""

    accepted = False

    def __init__(self, transport: paramiko.Transport, banners: deque[bytes]) -> None:
        super().__init__(transport)
        self._banners = banners

    def _parse_userauth_banner(self, message: Message) -> None:
        self._banners.append(message.get_binary())


class _KeyProbe(_Request):
    """One request without a signature; `accepted` is set when the server would accept the key."""

    auth_event: threading.Event
    transport: Any
    _get_key_type_and_bits: Callable[[Any], tuple[str, Any]]
    _finalize_pubkey_algorithm: Callable[[str], str]

    def _parse_service_accept(self, message: Message) -> None:
        if message.get_text() != SSH_USERAUTH:
            raise SSHException("The server does not offer authentication")
        type_, public = self._get_key_type_and_bits(self.private_key)
        request = Message()
        request.add_byte(cMSG_USERAUTH_REQUEST)
        for field in (self.username or "", "ssh-connection", "publickey"):
            request.add_string(field)
        request.add_boolean(False)
        request.add_string(self._finalize_pubkey_algorithm(type_))
        request.add_string(public)
        self.transport._send_message(request)

    def _parse_userauth_info_request(self, message: Message) -> None:
        """Handle SSH_MSG_USERAUTH_PK_OK, which has the same number."""
        self.accepted = True
        self.auth_event.set()
