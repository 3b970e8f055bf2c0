"""A session without ssh, and ways to its node that lead to a server on this machine: what a tunnel is made of."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.model import AppServer, Cluster, Job, JobState, Session, SessionPhase
from jupystra_tui.ssh.local_port import Connector
from jupystra_tui.text import Secret

TOKEN = "s3cret"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        right = self.headers["Authorization"] == f"token {TOKEN}"
        told: object = {"started": "2026-01-01T00:00:00Z", "last_activity": "2026-01-01T00:00:00Z"}
        body = json.dumps([] if "kernels" in self.path else told).encode()
        self.send_response(200 if right else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def server() -> Iterator[DiscoveredServer]:
    """A server that answers as Jupyter does, and what is known of it."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield DiscoveredServer(AppServer("42", "tag", "n1", http.server_address[1]), Secret(TOKEN))
    finally:
        http.shutdown()
        http.server_close()


class Way:
    """A way to a node; `error` is what it fails with, `gate` what it waits for before it is ready."""

    def __init__(self, error: Exception | None, gate: asyncio.Event) -> None:
        self.ended = asyncio.Event()
        self.reason = ""
        self.closed = False
        self._error = error
        self._gate = gate

    async def ready(self) -> None:
        await self._gate.wait()
        if self._error:
            raise self._error

    async def forward(self, remote: int) -> Connector:
        return lambda: socket.create_connection(("127.0.0.1", remote))

    async def unforward(self, remote: int) -> None:
        pass

    async def aclose(self) -> None:
        self.closed = True


class Ways:
    """Every way that was asked for; the next fail with `errors`, one each."""

    def __init__(self) -> None:
        self.made: list[Way] = []
        self.attended: list[bool] = []
        self.errors: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def start(
        self, session: Any, connection: Any, node: str, relay: int, folders: Any, attended: bool
    ) -> Way:
        self.made.append(Way(self.errors.pop(0) if self.errors else None, self.gate))
        self.attended.append(attended)
        return self.made[-1]


class Watcher:
    """A queue with one job in it."""

    def __init__(self, found: DiscoveredServer | None) -> None:
        self.servers = {"42": found} if found else {}
        self.one: Job | None = Job("42", "42", "jupyter", JobState.RUNNING, node="n1")

    def job(self, key: str) -> Job | None:
        return self.one

    def refresh(self) -> None:
        pass


class Login:
    """A session; `phase` turns it."""

    def __init__(self, found: DiscoveredServer | None) -> None:
        self.shown = Session(Cluster("hpc", "hpc"), SessionPhase.UP)
        self.cluster = self.shown.cluster
        self.site = type("Site", (), {"login_node": "login"})
        self.watcher = Watcher(found)
        self.online = self.up = True

    def phase(self, phase: SessionPhase) -> None:
        self.shown = msgspec.structs.replace(self.shown, phase=phase)

    async def answers(self) -> bool:
        return self.up

    async def connection(self) -> object:
        return object()
