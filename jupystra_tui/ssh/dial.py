"""A socket to the login node, direct or through a proxy command."""

import os
import signal
import socket
import subprocess

from jupystra_tui.errors import ConnectError
from jupystra_tui.ssh.resolve import Endpoint

SECONDS = 8.0


class Line:
    """A connected socket, and the proxy process behind it if there is one."""

    def __init__(self, sock: socket.socket, proxy: "subprocess.Popen[bytes] | None" = None) -> None:
        self.sock = sock
        self._proxy = proxy

    def close(self) -> None:
        """Close the socket and end the proxy with all it started."""
        self.sock.close()
        if self._proxy and self._proxy.poll() is None:
            os.killpg(self._proxy.pid, signal.SIGTERM)
            try:
                self._proxy.wait(2)
            except subprocess.TimeoutExpired:
                os.killpg(self._proxy.pid, signal.SIGKILL)
                self._proxy.wait()


def dial(endpoint: Endpoint) -> Line:
    """Return a line to the endpoint (blocking, at most 8 s); raises ConnectError with the reason and the next step."""
    if endpoint.proxy:
        return _through_proxy(endpoint.proxy)
    try:
        sock = socket.create_connection((endpoint.host, endpoint.port), SECONDS)
    except OSError as error:
        raise _explain(endpoint, error) from error
    sock.settimeout(None)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Line(sock)


def _through_proxy(command: str) -> Line:
    ours, theirs = socket.socketpair()
    with theirs:
        proxy = subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    return Line(ours, proxy)


def _explain(endpoint: Endpoint, error: OSError) -> ConnectError:
    where = f"{endpoint.host}, port {endpoint.port}"
    if isinstance(error, socket.gaierror):
        return ConnectError(
            f"There is no host called {endpoint.host}",
            "Check the spelling and the network; some sites need a VPN.",
            str(error),
        )
    if isinstance(error, TimeoutError):
        return ConnectError(
            f"{where} did not answer within {SECONDS:.0f} s",
            "Check the network; some sites need a VPN.",
            str(error),
        )
    if isinstance(error, ConnectionRefusedError):
        return ConnectError(
            f"{where} refused the connection",
            "The login node may be down for a moment, or the port is another one.",
            str(error),
        )
    return ConnectError(
        f"{where} cannot be reached: {error.strerror or error}",
        "Check the network; some sites need a VPN.",
        str(error),
    )
