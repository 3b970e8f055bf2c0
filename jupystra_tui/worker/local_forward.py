"""The laptop's end of one tunnel: its local port, and the route that the port forwards to."""

from jupystra_tui.ssh.local_port import Connector, LocalPort
from jupystra_tui.ssh.route import Route, rebind_port


class LocalForward:
    """Owns the port and the route. `port` is None where it is not bound yet, or where another program has it.

    While there is no route the port stays bound and holds new connections.
    """

    def __init__(self, port: LocalPort | None) -> None:
        self.port = port
        self.route: Route | None = None
        self.dial: Connector | None = None
        self._remote = 0

    @property
    def transferred(self) -> dict[str, int]:
        """Bytes so far, as fields of a `Tunnel`."""
        return {"received": self.port.received, "sent": self.port.sent} if self.port else {}

    async def bind(self, number: int) -> None:
        """Bind the port if it is not bound; raises PortTaken."""
        if self.port is None:
            port = await rebind_port(number)
            if self.port:
                port.close()  # the user chose another one meanwhile
            else:
                self.port = port

    def use(self, port: LocalPort) -> bool:
        """Use another port, bound already; returns whether there was one before."""
        old, self.port = self.port, port
        if self.dial:
            port.forward(self.dial)
        if old:
            old.close()
        return old is not None

    async def forward(self, route: Route, remote: int) -> Connector:
        """Forward to a port of the node, in place of the one before; raises TunnelError."""
        assert self.port
        if self._remote and self._remote != remote:
            self.port.disconnect()
            await route.unforward(self._remote)
        if self._remote != remote or self.dial is None:
            self.dial = await route.forward(remote)
            self.port.forward(self.dial)
        self._remote = remote
        return self.dial

    async def release(self) -> None:
        """Close the route; the port stays bound. Idempotent."""
        self.dial = None
        self._remote = 0
        if self.port:
            self.port.disconnect()
        if self.route:
            await self.route.aclose()
        self.route = None

    async def aclose(self) -> None:
        """Close the route and the port. Idempotent."""
        await self.release()
        if self.port:
            self.port.close()
            self.port = None
