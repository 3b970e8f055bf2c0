"""Asks a server through its tunnel whether it is ready, and for its statistics; blocking, for a thread."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct

from jupystra_tui.apps.access import JUPYTER, Access
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
    OTHER = "another program"


class ServerError(TunnelError):
    """The server behind a tunnel did not answer as it should; `fault` says how, for those who try again."""

    def __init__(self, fault: Fault, title: str, hint: str, detail: str = "") -> None:
        foreign = fault in (Fault.STRANGER, Fault.OTHER)
        super().__init__(title, hint, detail, Layer.FOREIGN_SERVER if foreign else Layer.SERVER_GONE)
        self.fault = fault


class ServerStatus(Struct, frozen=True):
    """Statistics of a Jupyter server: `last_activity` in seconds since 1970, `busy` of its `kernels` compute."""

    last_activity: float
    kernels: int
    busy: int


class Ask(Struct, frozen=True):
    """How a server at 127.0.0.1:`port` is asked; `timeout` in seconds is for each request.

    `path` is its base path. `dial` opens a connection to that server and to no other, whatever listens at the port; it
    may raise OSError.
    """

    port: int
    token: Secret
    timeout: float
    path: str = "/"
    access: Access = JUPYTER
    dial: Dial | None = None


def check(ask: Ask) -> ServerStatus | None:
    """Return once a server has answered its ready path with 200 to our token; with statistics, if its app has them.

    Asking does not count as Jupyter's activity, so a site's idle limit holds. No redirect is followed. Raises
    ServerError, TunnelError for a path that is refused.
    """
    base = checked_path(ask.path)
    body = _get(ask, base + ask.access.ready)
    if ask.access.statistics != "jupyter":
        return None
    status = _json(ask, body)
    kernels = _json(ask, _get(ask, f"{base}api/kernels?no_track_activity=1"))
    try:
        return ServerStatus(
            last_activity=_moment(status["last_activity"]),
            kernels=len(kernels),
            busy=sum(kernel.get("execution_state") == "busy" for kernel in kernels),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _other(ask, repr(status)) from error


def check_version(ask: Ask, version: str) -> None:
    """Return once a Jupyter server says without a token that it has this version; raises ServerError, TunnelError.

    For a server that takes no token: its password is asked for in the browser.
    """
    said = _json(ask, _get(ask, f"{checked_path(ask.path)}api"))
    if not isinstance(said, dict) or said.get("version") != (version or said.get("version", "")):
        raise _other(ask, repr(said))


def _get(ask: Ask, path: str) -> bytes:
    connection = http.client.HTTPConnection(HOST, ask.port, timeout=ask.timeout)
    try:
        if ask.dial:
            connection.sock = ask.dial()
            connection.sock.settimeout(ask.timeout)
        with _time_limit(connection, ask.timeout):
            address, headers = _with_token(ask, path)
            connection.request("GET", address, headers=headers)
            response = connection.getresponse()
            body = response.read(_LIMIT)
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise _unanswered(ask, error) from error
    finally:
        connection.close()
    _check_answer(ask, response, body)
    return body


def _with_token(ask: Ask, path: str) -> tuple[str, dict[str, str]]:
    """Return what is requested, and the headers: the token goes as a header where its app takes one."""
    token = ask.token.reveal()
    if not token:
        return path, {}
    if ask.access.header:
        name, _, value = ask.access.header.partition(": ")
        return path, {name: value.replace("{token}", token)}
    query = urlencode({ask.access.query: token}, quote_via=quote, safe="")
    return f"{path}{'&' if '?' in path else '?'}{query}", {}


@contextmanager
def _time_limit(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Connect, and cancel what is still in progress after so many seconds: a server may send a byte now and then."""
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


def _check_answer(ask: Ask, response: http.client.HTTPResponse, body: bytes) -> None:
    """Raise ServerError unless the answer is 200."""
    answer = f"{response.status} {response.reason}: {clean(body, 500)}"
    to_login = response.status == 302 and "/login" in response.headers.get("Location", "")
    if response.status in {401, 403} or to_login:
        title = f"The server at port {ask.port} refuses this job's token: it belongs to another job or user"
        raise ServerError(
            Fault.STRANGER, title, "The job's server may have ended or moved. Reconnect.", clean(answer)
        )
    if response.status >= 500:
        title = f"{ask.access.title} at port {ask.port} reports an internal error"
        raise ServerError(Fault.BROKEN, title, "The job's log may say more.", clean(answer))
    if response.status != 200:
        raise _other(ask, answer)


def _json(ask: Ask, body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _other(ask, clean(body, 500)) from error


def _unanswered(ask: Ask, error: Exception) -> ServerError:
    """Return the error for a request that got no whole answer; the most specific kinds first."""
    title, port = ask.access.title, ask.port
    detail = type(error).__name__
    if not isinstance(error, ValueError):  # whose text may hold the token
        detail = clean(f"{detail}: {error}")
    if isinstance(error, ConnectionRefusedError):
        return ServerError(Fault.REFUSED, f"Nothing listens at port {port}", "Reconnect.", detail)
    if isinstance(error, TimeoutError):
        return ServerError(
            Fault.SILENT, f"{title} at port {port} does not answer", "It may be busy. Wait a moment.", detail
        )
    if isinstance(error, (ConnectionError, http.client.IncompleteRead)):
        lost = f"The connection to {title} at port {port} broke"
        return ServerError(Fault.BROKEN, lost, "The server may have ended: check its job.", detail)
    return _other(ask, detail)


def _other(ask: Ask, answer: str) -> ServerError:
    title = f"The program that answers at port {ask.port} is not {ask.access.title}"
    return ServerError(Fault.OTHER, title, "Another program has the port. Reconnect.", clean(answer))


def _moment(text: str) -> float:
    """Return seconds since 1970 for `2026-11-22T18:00:00.123456Z`."""
    return datetime.fromisoformat(text).timestamp()
