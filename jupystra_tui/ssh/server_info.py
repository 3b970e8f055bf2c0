"""What a login node shows of itself, before and during a login."""

from enum import Enum

from msgspec import Struct


class AuthMethod(Enum):
    """An authentication method of RFC 4252, RFC 4256 or RFC 4462; the last three are used by OpenSSH only."""

    PUBLIC_KEY = "publickey"
    KEYBOARD_INTERACTIVE = "keyboard-interactive"
    PASSWORD = "password"
    KERBEROS = "gssapi-with-mic"
    KERBEROS_KEY_EXCHANGE = "gssapi-keyex"
    HOST_BASED = "hostbased"


TYPED = frozenset({AuthMethod.KEYBOARD_INTERACTIVE, AuthMethod.PASSWORD})
"""The methods whose answers the user types."""


class AcceptedMethod(Struct, frozen=True):
    """A method that the login node accepted; `label` names it for the user, such as `key id_ed25519`."""

    method: AuthMethod
    label: str


class ServerInfo(Struct, frozen=True):
    """A login node's ssh software, and its host key as type and base64.

    `methods` are the authentication methods that it offers first, as it names them; empty where they were not
    requested. `accepted` are the methods that it accepted, after `prompts` prompts to the user.
    """

    software: str
    key_type: str
    key: str
    methods: tuple[str, ...] = ()
    accepted: tuple[AcceptedMethod, ...] = ()
    prompts: int = 0
