"""Servers that go by their user's own configuration: without a token, with a password, with TLS."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jupystra_tui.apps.api import Fault, ServerError
from jupystra_tui.apps.discovery import DiscoveredServer, parse_servers
from jupystra_tui.errors import TunnelError
from jupystra_tui.model import AppServer
from jupystra_tui.text import Secret
from jupystra_tui.worker.server_check import OWN_PASSWORD, UNPROTECTED, ServerCheck

STATUS = {"last_activity": "2026-11-22T18:00:00Z", "kernels": 0}


@contextmanager
def jupyter(*, password: bool, version: str = "2.17.0") -> Iterator[int]:
    """Yield the port of a server that takes no token; with a password it answers nothing but its version."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert "Authorization" not in self.headers
            path = self.path.partition("?")[0]
            answers = {"/api": {"version": version}, "/api/status": STATUS, "/api/kernels": []}
            self.send_response(403 if password and path != "/api" else 200)
            self.end_headers()
            self.wfile.write(json.dumps(answers[path]).encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def check_of(port: int, found: DiscoveredServer) -> ServerCheck:
    return ServerCheck(found, lambda: socket.create_connection(("127.0.0.1", port)))


def found_at(port: int, **runtime: object) -> DiscoveredServer:
    """Return the server as its runtime file reports it."""
    told = {"port": port, "token": "", "version": "2.17.0", **runtime}
    record = f"\x1eMserver\x1ft1:1\x1f15\x1fp1\x1f\x1f\x1f{json.dumps(told)}"
    [found] = parse_servers(record.encode(), "M")
    return found


async def test_a_server_with_a_password_and_no_token_is_ours_and_says_so() -> None:
    with jupyter(password=True) as port:
        told = await check_of(port, found_at(port, password=True)).ask(8888)
        assert told == {"reason": OWN_PASSWORD}


async def test_another_version_behind_the_port_is_another_program() -> None:
    with jupyter(password=True, version="1.0") as port:
        with pytest.raises(ServerError) as caught:
            await check_of(port, found_at(port, password=True)).ask(8888)
        assert caught.value.fault is Fault.OTHER


async def test_a_server_without_token_and_password_is_open_to_all_on_its_node() -> None:
    with jupyter(password=False) as port:
        told = await check_of(port, found_at(port)).ask(8888)
        assert (told["reason"], told["kernels"]) == (UNPROTECTED, 0)


async def test_a_server_with_tls_is_named() -> None:
    with pytest.raises(TunnelError, match="speaks https") as caught:
        await check_of(1, found_at(1, token="x", secure=True)).ask(8888)
    assert "certfile" in caught.value.hint


def test_a_server_that_got_another_protection_is_another_server() -> None:
    server = AppServer("15", "t1", "p1", 1, "/")
    plain = DiscoveredServer(server, Secret(""))
    assert plain.same(DiscoveredServer(server, Secret(""), checksum="7"))
    assert not plain.same(DiscoveredServer(server, Secret(""), password=True))
