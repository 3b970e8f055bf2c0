"""The link that paramiko carries."""

import asyncio
import threading

import paramiko
from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.login_socket import LoginSocket
from jupystra_tui.ssh.shell import close_quietly
from jupystra_tui.ssh.ssh_link import CHANNEL_SECONDS
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.transport import Transport


class ParamikoLink:
    """A logged-in Transport, a `Link`; it owns the socket."""

    transport = "paramiko"

    def __init__(self, transport: Transport, line: LoginSocket) -> None:
        self._transport = transport
        self._line = line

    @property
    def is_active(self) -> bool:
        """Whether requests can be sent."""
        return self._transport.is_active()

    @property
    def disconnect_reason(self) -> str:
        """The reason that the server gave when it ended the connection; empty if it gave none."""
        return self._transport.disconnect_reason

    async def open_session(self, command: str, *, combine_stderr: bool = False) -> paramiko.Channel:
        """Return a channel to a command; raises TimeoutError when the login node does not confirm it."""
        channel = await in_thread(self._transport.open_session, timeout=CHANNEL_SECONDS)
        channel.set_combine_stderr(combine_stderr)
        try:
            async with asyncio.timeout(CHANNEL_SECONDS):
                await in_thread(channel.exec_command, command)
        except BaseException:
            threading.Thread(target=close_quietly, args=(channel,), name="close", daemon=True).start()
            raise
        return channel

    def open_direct(self, host: str, port: int) -> paramiko.Channel:
        """Return a channel to a port that the login node can reach; blocking. Raises SSHException."""
        return self._transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=CHANNEL_SECONDS
        )

    def open_streamlocal(self, path: str) -> paramiko.Channel:
        """Return a channel to a unix socket on the login node; blocking. Raises SSHException."""
        return self._transport.open_streamlocal(path, CHANNEL_SECONDS)

    async def ping(self) -> None:
        """Return once the server has answered; raises OSError when nothing can be sent."""
        try:
            await in_thread(self._transport.global_request, "keepalive@openssh.com", wait=True)
        except (SSHException, EOFError) as error:
            raise OSError(str(error)) from error

    def join(self) -> None:
        """Return when the transport has ended; blocking."""
        self._transport.join()

    def close(self) -> None:
        """Close transport, socket and proxy; blocking, for a moment."""
        end(self._transport, self._line)


def end(transport: paramiko.Transport | None, line: LoginSocket) -> None:
    """Close a transport and its socket; blocking, for a moment."""
    if transport:
        transport.close()
    line.close()
