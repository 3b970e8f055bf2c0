"""Why a connection ended before the login: closed at once, no ssh server, no method in common."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from paramiko.transport import SecurityOptions

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin, LoginThrottled, headline
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean, clip_lines

IDENTIFICATION = re.compile(rb"^SSH-", re.MULTILINE)
OTHER_PROTOCOL = re.compile(rb"HTTP/|220[ -]|\+OK|\* OK|RFB |AMQP|\x16\x03|\x15\x03")
CLOSED_HINT = (
    "It limits connections, or is full or restarting. Wait some minutes: more attempts may prolong it."
)
WORDS_LIMIT = 2000
LISTED_LIMIT = 1000


class NoCommonMethod(ConnectError):
    """Login node and this program have no cipher, key exchange, MAC or host key type in common."""


class _Kind(NamedTuple):
    """A kind of algorithm: its name, the lists of the server, and ours."""

    name: str
    offered: tuple[str, ...]
    ours: Callable[[SecurityOptions], Sequence[str]]


_KINDS = (
    _Kind("key exchange", ("kex_algo_list",), lambda options: options.kex),
    _Kind("host key type", ("server_key_algo_list",), lambda options: options.key_types),
    _Kind(
        "cipher", ("client_encrypt_algo_list", "server_encrypt_algo_list"), lambda options: options.ciphers
    ),
    _Kind("MAC", ("client_mac_algo_list", "server_mac_algo_list"), lambda options: options.digests),
    _Kind(
        "compression",
        ("client_compress_algo_list", "server_compress_algo_list"),
        lambda options: options.compression,
    ),
)


def handshake_error(host: str, transport: Transport | None, error: Exception) -> ConnectError:
    """Return the error of a connection that ended before the login."""
    detail = clean(str(error) or type(error).__name__)
    if transport is None:
        return _no_answer(host, detail)
    reason, greeting = transport.disconnect_reason, transport.limits.greeting
    if common := _no_common_method(host, transport):
        return common
    words = clip_lines(IDENTIFICATION.split(greeting)[0], WORDS_LIMIT)
    detail = "\n".join(filter(None, [words, reason, detail]))
    identified = IDENTIFICATION.search(greeting)
    if OTHER_PROTOCOL.match(greeting) or (greeting and not identified and not transport.limits.closed):
        title = f"{host} does not answer as an ssh server: {headline(words)}"
        return ConnectError(title, "Check the host name and the port.", detail)
    if transport.limits.closed or reason:
        title, said = f"{host} closed the connection before the login", reason or headline(words)
        if said:
            return LoginThrottled(f"{title}: {said}", CLOSED_HINT, detail, Layer.NETWORK)
        return ClosedBeforeLogin(title, CLOSED_HINT, detail, Layer.NETWORK)
    return _no_answer(host, detail)


def _no_answer(host: str, detail: str) -> ConnectError:
    title = f"{host} did not answer as an ssh server in time"
    return ConnectError(title, "It may be overloaded: wait a moment before you try again.", detail)


def _no_common_method(host: str, transport: Transport) -> NoCommonMethod | None:
    """Return the error for the first kind of algorithm without a common one, None if there is none."""
    options = transport.get_security_options()
    for kind in _KINDS:
        ours = tuple(kind.ours(options))
        for theirs in (transport.offered.get(name) for name in kind.offered):
            if theirs is not None and not set(theirs) & set(ours):
                return NoCommonMethod(
                    f"{host} and this program have no {kind.name} in common",
                    "Both lists are in the details: the site can enable one of ours.",
                    f"The login node offers: {clean(', '.join(theirs), LISTED_LIMIT)}\n"
                    f"This program offers: {clean(', '.join(ours), LISTED_LIMIT)}",
                )
    return None
