"""What paramiko cannot do, and the user's own OpenSSH perhaps can."""

from jupystra_tui.errors import AuthError, ConnectError


class NoCommonMethod(ConnectError):
    """Two sides have no cipher, key exchange, MAC or host key type in common."""


class UnsupportedMethod(AuthError):
    """The server requires an authentication method that paramiko does not have."""
