"""The ssh transport of a login: large windows, and a limit on what a server sends before the login."""

import socket

from jupystra_tui.ssh.paramiko_private import OpenTransport
from jupystra_tui.ssh.receive_limit import LimitedSocket
from jupystra_tui.ssh.ssh_link import LinkChannel

WINDOW, PACKET = 1 << 25, 1 << 18  # bytes; paramiko's defaults halve a tunnel's speed


class Transport(OpenTransport):
    """One ssh connection over a socket or a channel; `limits` is what it reads from."""

    def __init__(self, sock: socket.socket | LinkChannel) -> None:
        self.limits = LimitedSocket(sock)
        super().__init__(
            self.limits,  # type: ignore[arg-type]  # it has all methods of the socket
            default_window_size=WINDOW,
            default_max_packet_size=PACKET,
        )
        self.daemon = True
