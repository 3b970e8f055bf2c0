"""The Jupyter server's own API, asked through a tunnel; blocking, for a thread."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
from msgspec import Struct

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Layer
from jupystra_tui.model.address import HOST, checked_path
from jupystra_tui.text import Secret, clean

_LIMIT = 4 * 1024 * 1024
Dial = Callable[[], Any]
"""Opens a socket, or what behaves like one."""


class Fault(Enum):
    """Why a server did not answer as it should."""

    REFUSED = "refused"
    BROKEN = "broken"
    SILENT = "silent"
    STRANGER = "stranger"
    NOT_JUPYTER = "not Jupyter"


class ServerError(TunnelError):
    """The server behind a tunnel did not answer as it should; `fault` says how, for those who try again."""

    def __init__(self, fault: Fault, title: str, hint: str, detail: str = "") -> None:
        foreign = fault in (Fault.STRANGER, Fault.NOT_JUPYTER)
        super().__init__(title, hint, detail, Layer.FOREIGN_SERVER if foreign else Layer.SERVER_GONE)
        self.fault = fault


class ServerStatus(Struct, frozen=True):
    """How a server does: `started` and `last_activity` in seconds since 1970, `busy` of its `kernels` compute."""

    started: float
    last_activity: float
    kernels: int
    busy: int
    connections: int


def status(
    port: int, token: Secret, timeout: float, path: str = "/", dial: Dial | None = None
) -> ServerStatus:
    """Ask the server at 127.0.0.1:`port` how it does; `path` is its base, as its runtime file tells.

    `dial` opens a connection to that server and to no other, whoever listens at the port; it may raise OSError.

    Asking does not count as activity, so a site's idle limit holds. `timeout` in seconds is for each of two requests.
    No redirect is followed. Raises ServerError, TunnelError for a path that is refused.
    """
    path = checked_path(path)
    told = _get(port, token, timeout, f"{path}api/status", dial)
    kernels = _get(port, token, timeout, f"{path}api/kernels?no_track_activity=1", dial)
    try:
        return ServerStatus(
            started=_moment(told["started"]),
            last_activity=_moment(told["last_activity"]),
            kernels=len(kernels),
            busy=sum(kernel.get("execution_state") == "busy" for kernel in kernels),
            connections=int(told.get("connections", 0)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _no_jupyter(port, repr(told)) from error


def _get(port: int, token: Secret, timeout: float, path: str, dial: Dial | None) -> Any:
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        if dial:
            connection.sock = dial()
            connection.sock.settimeout(timeout)
        with _time_limit(connection, timeout):
            connection.request("GET", path, headers={"Authorization": f"token {token.reveal()}"})
            response = connection.getresponse()
            body = response.read(_LIMIT)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _unanswered(port, error) from error
    finally:
        connection.close()
    return _answer(port, response, body)


@contextmanager
def _time_limit(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Connect, and break off what is still under way after so many seconds: a server may send a byte now and then."""
    if connection.sock is None:
        connection.connect()
    sock, over = connection.sock, threading.Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise TimeoutError(f"no whole answer within {seconds:g} s") if over.is_set() else error from None
    finally:
        timer.cancel()


def _answer(port: int, response: http.client.HTTPResponse, body: bytes) -> Any:
    answer = f"{response.status} {response.reason}: {clean(body, 500)}"
    to_login = response.status == 302 and "/login" in response.headers.get("Location", "")
    if response.status in {401, 403} or to_login:
        title = f"The server at port {port} does not know our token: it is somebody else's"
        raise ServerError(Fault.STRANGER, title, "Reconnect: ours may have ended, or moved.", clean(answer))
    if response.status >= 500:
        title = f"Jupyter at port {port} has an error of its own"
        raise ServerError(Fault.BROKEN, title, "Its log tells more.", clean(answer))
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_jupyter(port, answer) from error
    if response.status != 200:
        raise _no_jupyter(port, answer)
    return told


def _unanswered(port: int, error: Exception) -> ServerError:
    """Return the error for a request that got no whole answer; most telling kinds first."""
    detail = type(error).__name__
    if not isinstance(error, ValueError):  # whose text may hold the token
        detail = clean(f"{detail}: {error}")
    if isinstance(error, ConnectionRefusedError):
        return ServerError(Fault.REFUSED, f"Nothing listens at port {port}", "Reconnect.", detail)
    if isinstance(error, TimeoutError):
        return ServerError(
            Fault.SILENT, f"Jupyter at port {port} does not answer", "It may be busy; wait a little.", detail
        )
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        title = f"The connection to Jupyter at port {port} broke off"
        return ServerError(Fault.BROKEN, title, "The server may have ended; look at its job.", detail)
    return _no_jupyter(port, detail)


def _no_jupyter(port: int, answer: str) -> ServerError:
    hint = "Something else has the port; reconnect."
    return ServerError(Fault.NOT_JUPYTER, f"What answers at port {port} is not Jupyter", hint, clean(answer))


def _moment(text: str) -> float:
    """Return seconds since 1970 for `2026-11-22T18:00:00.123456Z`."""
    return datetime.fromisoformat(text).timestamp()
