"""Reads the identification line of an ssh server behind the login node, and nothing else."""

from paramiko.ssh_exception import ChannelException, SSHException

from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.ssh_link import LinkChannel
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.text import clean

LINE_SECONDS = 5.0
LINE_LIMIT = 255
PROHIBITED = 1


class ForwardingForbidden(TunnelError):
    """The login node does not allow this user to forward to that address."""


async def read_identification(connection: Connection, host: str, port: int = 22) -> str:
    """Return the first line that an ssh server behind the login node sends; raises ForwardingForbidden, TunnelError."""
    return await in_thread(_read_identification, connection, host, port)


def _read_identification(connection: Connection, host: str, port: int) -> str:
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
        raise TunnelError("it sends nothing") from error
    finally:
        channel.close()


def _first_line(channel: LinkChannel) -> str:
    channel.settimeout(LINE_SECONDS)
    received = b""
    while b"\n" not in received and len(received) < LINE_LIMIT:
        piece = channel.recv(LINE_LIMIT)
        if not piece:
            break
        received += piece
    if not received.startswith(b"SSH-"):
        raise TunnelError("it does not answer as an ssh server")
    return clean(received.splitlines()[0])
