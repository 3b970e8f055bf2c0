"""All that this program uses of paramiko's private API, and why; `PRIVATE_NAMES` lists it for a test.

paramiko promises nothing about these names, so `pyproject.toml` limits paramiko to the releases they were tested with.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

import paramiko
from paramiko import Message
from paramiko.agent import AgentSSH
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import AuthenticationException, SSHException

STREAMLOCAL = "direct-streamlocal@openssh.com"
SSH_USERAUTH = "ssh-userauth"

PRIVATE_NAMES: tuple[tuple[type, str], ...] = (
    (AgentSSH, "_send_message"),
    (AgentSSH, "_read_all"),
    (AuthHandler, "_parse_service_accept"),
    (AuthHandler, "_parse_userauth_info_request"),
    (AuthHandler, "_get_key_type_and_bits"),
    (AuthHandler, "_finalize_pubkey_algorithm"),
    (AuthHandler, "wait_for_response"),
    (paramiko.Transport, "_send_message"),
    (paramiko.Transport, "_send_user_message"),
)
"""The private methods that are called or replaced below; `_conn` of AgentSSH and `auth_event` are attributes."""


class StreamlocalTransport(paramiko.Transport):
    """A transport that also opens channels to unix sockets (OpenSSH's PROTOCOL file, section 2.4).

    Private because `Transport.open_channel` cannot add the fields of that channel type to its request.
    """

    _request = threading.local()

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


def probe_key(transport: paramiko.Transport, user: str, key: paramiko.PKey) -> list[str] | None:
    """Return None when the server accepts the key and requires its signature; else as `Transport.auth_publickey`.

    The user need not touch or confirm a key that the server does not accept (RFC 4252, section 7). Private because
    paramiko always sends the signature at once.
    """
    event = threading.Event()
    transport.auth_handler = handler = _KeyProbe(transport)
    handler.auth_publickey(user, key, event)
    try:
        return handler.wait_for_response(event)
    except AuthenticationException:
        if handler.accepted:
            return None
        raise


class _KeyProbe(AuthHandler):
    """One request without a signature; `accepted` is set when the server would accept the key."""

    accepted = False
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
