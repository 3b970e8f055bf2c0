"""paramiko's Transport, which also reaches unix sockets on the other side, and limits what a server sends."""

import socket
import threading

import paramiko

from jupystra_tui.ssh.receive_limit import LimitedSocket

WINDOW, PACKET = 1 << 25, 1 << 18  # paramiko's defaults halve a tunnel's speed
KIND = "direct-streamlocal@openssh.com"


class Transport(paramiko.Transport):
    """One ssh connection, able to open what OpenSSH's PROTOCOL file, section 2.4, describes.

    `limits` is what it reads from.
    """

    _opening = threading.local()

    def __init__(self, sock: socket.socket | paramiko.Channel) -> None:
        self.limits = LimitedSocket(sock)
        super().__init__(
            self.limits,  # type: ignore[arg-type]  # it is the socket, but for what is read
            default_window_size=WINDOW,
            default_max_packet_size=PACKET,
        )
        self.daemon = True

    def open_streamlocal(self, path: str, timeout: float) -> paramiko.Channel:
        """Return a channel to the unix socket at `path` of the server; blocking. Raises SSHException."""
        self._opening.path = path
        try:
            return self.open_channel(KIND, timeout=timeout)
        finally:
            self._opening.path = None

    def _send_user_message(self, data: paramiko.Message) -> None:
        """Add to a request for such a channel what paramiko leaves out: the path, and two fields kept for later."""
        path, self._opening.path = getattr(self._opening, "path", None), None
        if path is not None:
            data.add_string(path)
            data.add_string("")
            data.add_int(0)
        super()._send_user_message(data)  # type: ignore[misc]
