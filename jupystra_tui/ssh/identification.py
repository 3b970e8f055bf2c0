"""Who answers at a port behind the login node: only its first line is read."""

import paramiko
from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.text import clean

GREETING_SECONDS = 5.0
GREETING_LIMIT = 255
PROHIBITED = 1


class ForwardingForbidden(TunnelError):
    """The login node does not forward to there for us."""


async def read_identification(connection: Connection, host: str, port: int = 22) -> str:
    """Return the first line that an ssh server behind the login node says; raises ForwardingForbidden, TunnelError."""
    return await in_thread(_greeting, connection, host, port)


def _greeting(connection: Connection, host: str, port: int) -> str:
    try:
        channel = connection.open_direct(host, port)
    except ChannelException as error:
        kind = ForwardingForbidden if error.code == PROHIBITED else TunnelError
        raise kind(clean(error.text or str(error)), detail=clean(str(error))) from error
    except (SSHException, EOFError, OSError) as error:
        raise TunnelError(clean(str(error) or type(error).__name__)) from error
    try:
        return _first_line(channel)
    except OSError as error:
        raise TunnelError("it says nothing") from error
    finally:
        channel.close()


def _first_line(channel: paramiko.Channel) -> str:
    channel.settimeout(GREETING_SECONDS)
    said = b""
    while b"\n" not in said and len(said) < GREETING_LIMIT:
        piece = channel.recv(GREETING_LIMIT)
        if not piece:
            break
        said += piece
    if not said.startswith(b"SSH-"):
        raise TunnelError("it does not greet as an ssh server")
    return clean(said.splitlines()[0])
