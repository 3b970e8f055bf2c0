"""Asking a server whether it would take a key, before the key signs: RFC 4252, section 7, which paramiko leaves out."""

import threading
from collections.abc import Callable
from typing import Any

import paramiko
from paramiko import Message
from paramiko.auth_handler import AuthHandler
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import AuthenticationException, SSHException


def probe_key(transport: paramiko.Transport, user: str, key: paramiko.PKey) -> list[str] | None:
    """Return None when the server wants the key's signature; else this is what `Transport.auth_publickey` does.

    It spares a person the touch, or the yes to their agent, for a key that the server does not know.
    """
    event = threading.Event()
    transport.auth_handler = handler = _Probe(transport)
    handler.auth_publickey(user, key, event)
    try:
        return handler.wait_for_response(event)
    except AuthenticationException:
        if handler.wanted:
            return None
        raise


class _Probe(AuthHandler):
    """One request without a signature; `wanted` is set when the server would take the key."""

    wanted = False
    auth_event: threading.Event
    transport: Any
    _get_key_type_and_bits: Callable[[Any], tuple[str, Any]]
    _finalize_pubkey_algorithm: Callable[[str], str]

    def _parse_service_accept(self, message: Message) -> None:
        if message.get_text() != "ssh-userauth":
            raise SSHException("The server offers no logins")
        kind, public = self._get_key_type_and_bits(self.private_key)
        request = Message()
        request.add_byte(cMSG_USERAUTH_REQUEST)
        for word in (self.username or "", "ssh-connection", "publickey"):
            request.add_string(word)
        request.add_boolean(False)
        request.add_string(self._finalize_pubkey_algorithm(kind))
        request.add_string(public)
        self.transport._send_message(request)

    def _parse_userauth_info_request(self, message: Message) -> None:
        """Take SSH_MSG_USERAUTH_PK_OK, which has the same number."""
        self.wanted = True
        self.auth_event.set()
