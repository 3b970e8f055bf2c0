"""Why a connection ended before the login: closed at once, no ssh server, no common algorithm."""

import re

from paramiko.ssh_exception import SSHException

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.algorithms import no_common_method
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin, LoginThrottled, headline
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.text import clean, clip_lines

IDENTIFICATION = re.compile(rb"^SSH-", re.MULTILINE)
OTHER_PROTOCOL = re.compile(rb"HTTP/|220[ -]|\+OK|\* OK|RFB |AMQP|\x16\x03|\x15\x03")
CLOSED_HINT = (
    "It limits connections, or is full or restarting. Wait some minutes: more attempts may prolong it."
)
WORDS_LIMIT = 2000


def handshake_error(host: str, transport: Transport | None, error: Exception) -> ConnectError:
    """Return the error of a connection that ended before the login."""
    detail = clean(str(error) or type(error).__name__)
    if transport is None:
        return _no_answer(host, detail)
    reason, greeting = transport.disconnect_reason, transport.limits.greeting
    if common := no_common_method(host, transport):
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
    if identified and isinstance(error, SSHException):
        title = f"The ssh handshake with {host} failed: {clean(str(error), WORDS_LIMIT)}"
        return ConnectError(title, "Try `ssh -v` to it, or ask the site's support.", detail)
    return _no_answer(host, detail)


def _no_answer(host: str, detail: str) -> ConnectError:
    title = f"{host} did not answer as an ssh server in time"
    return ConnectError(title, "It may be overloaded: wait a moment before you try again.", detail)
