"""Checks a server through its tunnel."""

import time
from typing import Any

from jupystra_tui.apps import api
from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.backoff import Backoff
from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.local_port import Connector
from jupystra_tui.ssh.ssh_link import End
from jupystra_tui.ssh.threads import in_thread

REQUEST_SECONDS = 10.0
JUPYTER_REQUESTS = 2
PAUSE = 10.0
OWN_PASSWORD = "It asks for the password of your Jupyter configuration, which turns tokens off"
UNPROTECTED = "Every user of its node can use it: it asks for no token and no password"


class ServerCheck:
    """The checks of one server. They use `dial` and not the laptop's port, so the token can reach no other program."""

    def __init__(self, found: DiscoveredServer, dial: Connector) -> None:
        self.found = found
        self._dial = dial
        self._pauses = Backoff(0.1, 5.0, factor=1.3)

    async def ask(self, port: int) -> dict[str, Any]:
        """Return how the server is, as fields of a `Tunnel`; raises TunnelError, which names the laptop's `port`.

        A `reason` is what the user should know of a server that answers without our token.
        """
        began = time.monotonic()
        server, token = self.found.server, self.found.token
        if self.found.tls:
            raise _speaks_tls(self.found.access.title, port)
        ask = api.Ask(port, token, REQUEST_SECONDS, server.path, self.found.access, self._connect)
        if not token and self.found.password:
            await in_thread(api.check_version, ask, server.version)
            return {"reason": OWN_PASSWORD}
        status = await in_thread(api.check, ask)
        if not token:
            return {"reason": UNPROTECTED, **self._statistics(status, began)}
        return self._statistics(status, began)

    def _statistics(self, status: api.ServerStatus | None, began: float) -> dict[str, Any]:
        milliseconds = (time.monotonic() - began) * 1000
        if status is None:
            return {"round_trip": round(milliseconds, 1)}
        idle = max(0.0, time.time() - status.last_activity)
        return {
            "kernels": status.kernels,
            "busy": status.busy,
            "idle": round(idle),
            "round_trip": round(milliseconds / JUPYTER_REQUESTS, 1),
        }

    def pause(self, ready: bool) -> float:
        """Return the seconds until the next check: soon while the server starts, seldom once it answers."""
        if ready:
            self._pauses.reset()
            return PAUSE
        return self._pauses.next()

    def _connect(self) -> End:
        try:
            return self._dial()
        except OSError:
            raise
        except Exception as error:  # paramiko raises many kinds
            raise ConnectionError(str(error)) from error


def _speaks_tls(title: str, port: int) -> TunnelError:
    return TunnelError(
        f"{title} at port {port} speaks https by your own configuration",
        "Remove `certfile` and `keyfile` from the configuration in ~/.jupyter: the tunnel is encrypted already.",
    )
