"""One tunnel's life: the ssh process, the forwarded port, and whether the server behind it answers."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from jupystra_tui.errors import AuthError, GivenUp, HostKeyError, JupystraError, TunnelError
from jupystra_tui.jupyter import api
from jupystra_tui.jupyter.look import Found
from jupystra_tui.model import Tunnel, TunnelState
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.hostkeys import lookup
from jupystra_tui.ssh.node_faults import KeyChanged, Refused
from jupystra_tui.ssh.nodekey import key_path
from jupystra_tui.ssh.nodekeys import accept_new_key, know
from jupystra_tui.ssh.reach import Forbidden
from jupystra_tui.ssh.relay import open_relay
from jupystra_tui.ssh.route import Route
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.tunnel import Target, open_tunnel
from jupystra_tui.worker.nodes import NodeAnswers, asker
from jupystra_tui.worker.session import ClusterSession

ANSWER_SECONDS = 30.0
REQUEST_SECONDS = 10.0
HEALTH_PAUSE = 10.0
PAUSES = (0.0, 15.0, 45.0, 105.0, 300.0)
LASTING = (GivenUp, AuthError, HostKeyError, Forbidden, Refused)
"""Errors that no second try heals, until a person has done something."""
REQUESTS = 2


class LiveTunnel:
    """A tunnel from the moment its node is known. `shown` is what front ends see; `broken` that nobody closed it.

    `port` is the laptop's port that it had before, `relay` one of the login node that it passes through; 0 is none.
    `attended` is whether a person wants it now, and may be asked. `retry_at`, on the monotonic clock, is when a broken
    one may be tried again, after `failures` in a row.
    """

    def __init__(
        self,
        session: ClusterSession,
        shown: Tunnel,
        folders: Folders,
        port: int,
        relay: int,
        attended: bool,
        publish: Callable[[], None],
    ) -> None:
        self.session = session
        self.shown = shown
        self.port = port
        self.relay = relay
        self.found: Found | None = None
        self.broken = False
        self.failures = 0
        self.retry_at = 0.0
        self._attended = attended
        self._forwarded = False
        self._folders = folders
        self._known_hosts = (folders.state / "known_hosts", folders.runtime / "known_hosts.once")
        self._publish = publish
        self._route: Route | None = None
        self._attaching = asyncio.Lock()
        self._opening = asyncio.create_task(self._open())
        self._watching: asyncio.Task[None] | None = None

    @property
    def due(self) -> bool:
        """Whether it is broken, and may be tried again."""
        return self.broken and time.monotonic() >= self.retry_at

    async def attach(self, found: Found, ports: range) -> None:
        """Forward one of `ports` to the server and wait until it answers with its token; raises JupystraError."""
        async with self._attaching:
            if self.shown.ready and self.found == found and self.shown.local_port in ports:
                return
            try:
                route = await self._opened()
                await self._forward(route, found, ports)
                await self._answered()
            except JupystraError as error:
                await self._end(error.title)
                raise
            except asyncio.CancelledError:
                await self._end("cancelled")
                raise
            except Exception:
                await self._end("the worker stumbled")
                raise
            self.failures = 0
            self._show(state=TunnelState.UP, ready=True, since=time.time(), reason="")
            if self._watching is None or self._watching.done():
                self._watching = asyncio.create_task(self._watch(route))

    async def _opened(self) -> Route:
        await asyncio.wait({self._opening})
        if self._opening.cancelled():
            raise TunnelError(
                "The tunnel was closed before it was open", "Press enter on its job to try again."
            )
        return self._opening.result()

    async def _forward(self, route: Route, found: Found, ports: range) -> None:
        """Forward to the server; one forward is kept as long as the server stays at its port."""
        shown, remote = self.shown, found.server.port
        self.found = found
        if self._forwarded and shown.remote_port == remote and shown.local_port in ports:
            return
        if self._forwarded:
            await route.unforward(shown.local_port, shown.remote_port)
        local = await route.forward(ports, remote)
        self._forwarded = True
        self._show(local_port=local, remote_port=remote)

    async def aclose(self, reason: str) -> None:
        """Close it on purpose; again without harm."""
        if self._watching:
            self._watching.cancel()
        await self._end(reason)
        self.broken = False

    def fail(self, error: JupystraError) -> None:
        """It could not be opened again: say why, and let a later look at the queue try, if that may help."""
        self.broken = not isinstance(error, LASTING)
        self.retry_at = time.monotonic() + PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        self._show(state=TunnelState.DOWN, ready=False, reason=error.title)

    async def _open(self) -> Route:
        connection = await self.session.connection()
        node = self.shown.node
        name = f"{node}.{connection.endpoint.place}"
        async with self.session.asking[f"the key of {name}"]:
            await know(connection, node, name, self._known_hosts, asker(self.session, self._attended))
        try:
            return await self._enter(connection, node, name)
        except KeyChanged as error:
            ask = asker(self.session, self._attended)
            async with self.session.asking[f"the key of {name}"]:
                await accept_new_key(connection, node, name, self._known_hosts, ask, error)
            return await self._enter(connection, node, name)

    async def _enter(self, connection: Connection, node: str, name: str) -> Route:
        """Log in to the node; an earlier route is closed."""
        if self._route:
            await self._route.aclose()
        relayed = self.relay or self.session.cluster.route == "relay"
        route = self._route = await (self._relayed if relayed else self._direct)(connection, node, name)
        await route.ready()
        return route

    async def _direct(self, connection: Connection, node: str, name: str) -> Route:
        self._show(route=(self.session.site.login_node, node))
        endpoint = connection.endpoint
        key = key_path(self._folders.state, endpoint.user, endpoint.place)
        target = Target(node, name, self._known_hosts, key if key.exists() else None)
        answers = NodeAnswers(self.session, node, self._attended)
        return await open_tunnel(connection, target, self._folders, answers)

    async def _relayed(self, connection: Connection, node: str, name: str) -> Route:
        self._show(route=(f"{self.session.site.login_node}:{self.relay or 'ssh'}", node))
        keys = await in_thread(lookup, name, self._known_hosts)
        return await open_relay(connection, node, name, keys, self.relay)

    async def _answered(self) -> None:
        """Wait for the first answer: the runtime file may be a moment ahead of the server."""
        assert self.found
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                await self._ask_server()
                return
            except TunnelError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.1)

    async def _ask_server(self) -> None:
        assert self.found
        began = time.monotonic()
        server = self.found.server
        status = await in_thread(
            api.status, self.shown.local_port, self.found.token, REQUEST_SECONDS, server.path
        )
        trip = (time.monotonic() - began) * 1000 / REQUESTS
        idle = max(0.0, time.time() - status.last_activity)
        self._show(kernels=status.kernels, busy=status.busy, idle=round(idle), round_trip=round(trip, 1))

    async def _watch(self, route: Route) -> None:
        """Ask the server how it is, now and then, until ssh ends."""
        while not route.ended.is_set():
            try:
                await self._ask_server()
                self._show(ready=True, reason="")
            except TunnelError as error:
                self._show(ready=False, reason=error.title)
            try:
                async with asyncio.timeout(HEALTH_PAUSE):
                    await route.ended.wait()
            except TimeoutError:
                pass
        self.broken = True
        await self._end(route.reason.splitlines()[-1] if route.reason else "the connection broke")

    async def _end(self, reason: str) -> None:
        self._opening.cancel()
        await asyncio.gather(self._opening, return_exceptions=True)
        if self._route:
            await self._route.aclose()
        self._show(state=TunnelState.DOWN, ready=False, reason=reason, since=time.time())

    def _show(self, **changes: Any) -> None:
        if self._route:
            changes |= {"received": self._route.received, "sent": self._route.sent}
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._publish()
