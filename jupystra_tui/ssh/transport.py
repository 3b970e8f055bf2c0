"""paramiko's Transport, which also reaches unix sockets on the other side."""

import threading

import paramiko

KIND = "direct-streamlocal@openssh.com"


class Transport(paramiko.Transport):
    """One ssh connection, able to open what OpenSSH's PROTOCOL file, section 2.4, describes."""

    _opening = threading.local()

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
