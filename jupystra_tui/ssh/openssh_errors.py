"""Why a login by OpenSSH failed, read from its error output."""

import re
from collections.abc import Callable

from msgspec import Struct

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError, JupystraError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.auth_errors import (
    ClosedBeforeLogin,
    Heard,
    connection_closed,
    no_key_accepted,
    turned_off,
)
from jupystra_tui.ssh.auth_settings import DEFAULT_METHODS
from jupystra_tui.ssh.handshake_errors import CLOSED_HINT
from jupystra_tui.ssh.host_keys import revocations_unreadable, revoked_key_refused, unknown_key_refused
from jupystra_tui.ssh.kerberos import Ticket
from jupystra_tui.ssh.key_formats import UnusableKey
from jupystra_tui.ssh.openssh_log import disconnect_reason
from jupystra_tui.ssh.proxy_errors import proxy_error, server_words
from jupystra_tui.ssh.resolve import Endpoint

VPN = "Check the network; some sites need a VPN."
_DENIED = re.compile(r"Permission denied \(([\w.,@-]*)\)")
_NO_MATCH = re.compile(r"no matching ([\w ]+?) found\. Their offer: (\S+)")
_CLOSED = re.compile("[Cc]onnection (?:to .*)?(?:closed|reset)|Broken pipe|Disconnected from")
_PROXY_ENDED = re.compile(r"UNKNOWN port 65535|exchange_identification|banner exchange")
_REVOKED_BY_FILE = re.compile(r"^Host key .* revoked by file ", re.MULTILINE)
_REVOCATIONS_UNREADABLE = re.compile(r"^Error checking host key .* in revoked keys file ", re.MULTILINE)
_UNVERIFIED = re.compile(r"^Host key verification failed\.", re.MULTILINE)
TOO_MANY = "Too many authentication failures"


class FailedLogin(Struct, frozen=True):
    """What is known of a login that failed.

    `stderr` are ssh's messages, `code` is its exit status; `asked` is whether the user's answers were sent. `offered`
    names the keys that were offered, `unusable` says which could not be; `shown` is the login node's host key.
    """

    endpoint: Endpoint
    stderr: str
    code: int
    asked: bool = False
    offered: tuple[str, ...] = ()
    unusable: tuple[UnusableKey, ...] = ()
    shown: str = ""
    ticket: Ticket = Ticket.NONE

    @property
    def asker(self) -> str:
        """The user at the login node, as prompts name them."""
        return f"{self.endpoint.user}@{self.endpoint.alias}"

    @property
    def last(self) -> str:
        """The last message."""
        return self.stderr.splitlines()[-1] if self.stderr else f"ssh ended with {self.code}"

    @property
    def tried(self) -> str:
        """The messages, and the keys that were tried or could not be used, one per line."""
        tried = [*self.offered, *(key.why for key in self.unusable)]
        return "\n".join(filter(None, [self.stderr, *(["Tried:", *tried] if tried else [])]))


def master_error(failed: FailedLogin) -> JupystraError:
    """Return why a master ended before it was logged in."""
    endpoint = failed.endpoint
    explained = _host_key_error(failed) or _jump_host_error(failed)
    if explained:
        return explained
    if denied := _DENIED.search(failed.last):
        return _denied(failed, denied[1].split(","))
    if differs := _NO_MATCH.search(failed.stderr):
        title = f"{endpoint.host} and your ssh have no {differs[1]} in common"
        hint = "Ask the site to update its ssh server, or allow one of its methods in ~/.ssh/config."
        return ConnectError(title, f"{hint} It offers: {differs[2]}", failed.stderr)
    for words, explain in _NETWORK.items():
        if words in failed.last:
            return explain(endpoint, failed.stderr)
    if TOO_MANY in failed.stderr or _CLOSED.search(failed.last):
        return _closed(failed)
    title = f"The login to {endpoint.alias} by OpenSSH failed: {failed.last}"
    return ConnectError(title, f"Try `ssh {endpoint.alias}` in a terminal.", failed.stderr)


def _host_key_error(failed: FailedLogin) -> HostKeyError | None:
    name = failed.endpoint.known_as
    detail = "\n".join(filter(None, [failed.stderr, failed.shown and f"{name} showed  {failed.shown}"]))
    error = proxy_error(failed.stderr, failed.code, failed.asked)
    if isinstance(error, HostKeyError):
        return HostKeyError(
            error.title, error.hint, detail if error.detail == failed.stderr else error.detail
        )
    if _REVOKED_BY_FILE.search(failed.stderr):
        return revoked_key_refused(name, detail)
    if _REVOCATIONS_UNREADABLE.search(failed.stderr):
        return revocations_unreadable(failed.endpoint.revoked_keys, detail)
    if not _UNVERIFIED.search(failed.stderr):
        return None
    if failed.endpoint.batch:
        return unknown_key_refused(name, detail, "BatchMode")
    return HostKeyError(
        f"ssh did not accept the host key of {name}", "Nothing was sent. See the details.", detail
    )


def _jump_host_error(failed: FailedLogin) -> JupystraError | None:
    """Return the error of the ssh to a jump host, whose messages come before that of a connection without an end."""
    lines = failed.stderr.splitlines()
    while lines and _PROXY_ENDED.search(lines[-1]):
        lines.pop()
    if not failed.endpoint.proxy or not lines or lines[-1] == failed.last:
        return None
    return proxy_error("\n".join(lines), failed.code, failed.asked)


def _denied(failed: FailedLogin, methods: list[str]) -> AuthError:
    asker = failed.asker
    enabled = {method.value for method in failed.endpoint.methods}
    if set(methods) <= {method.value for method in DEFAULT_METHODS} - enabled:
        return AuthError(*turned_off(asker, methods), failed.tried)
    if failed.asked:
        title = f"{asker}: the answers were not accepted"
        return AuthError(title, "Check the user name and the password, then log in again.", failed.tried)
    if "gssapi-with-mic" in methods and failed.ticket is Ticket.VALID:
        hint = "Check with `klist` that the ticket is for the right user, then with `ssh -v` what the server says."
        return AuthError(f"{asker} did not accept the Kerberos ticket", hint, failed.tried)
    if "gssapi-with-mic" in methods:
        why = "there is none" if failed.ticket is Ticket.NONE else "yours has expired"
        title = f"{asker} accepts a Kerberos ticket, and {why}"
        return AuthError(title, "Run `kinit`, then log in again.", failed.tried)
    if "publickey" in methods:
        return AuthError(*no_key_accepted(asker, failed.offered, failed.unusable), failed.tried)
    title = f"{asker} did not accept the login ({', '.join(methods)})"
    return AuthError(title, "Check the user name, and which methods the site allows.", failed.tried)


def _closed(failed: FailedLogin) -> JupystraError:
    reason, words = disconnect_reason(failed.stderr), server_words(failed.stderr)
    heard = Heard(reason, words, detail=failed.stderr)
    if failed.asked or heard.unexpected:
        return connection_closed(failed.asker, heard)
    if TOO_MANY in failed.stderr:
        hint = "Name the right one: IdentityFile and `IdentitiesOnly yes` for this host in ~/.ssh/config."
        return AuthError(f"{failed.asker}: the login node accepts no more keys", hint, failed.tried)
    title = f"{failed.endpoint.host} closed the connection during the login"
    return ClosedBeforeLogin(title, CLOSED_HINT, failed.stderr, Layer.NETWORK)


def _network(title: str, hint: str = VPN) -> Callable[[Endpoint, str], ConnectError]:
    return lambda endpoint, stderr: ConnectError(
        title.format(host=endpoint.host, port=endpoint.port), hint, stderr, Layer.NETWORK
    )


_NETWORK = {
    "Name or service not known": _network("There is no host named {host}", f"Check the spelling. {VPN}"),
    "nodename nor servname": _network("There is no host named {host}", f"Check the spelling. {VPN}"),
    "No address associated": _network("There is no host named {host}", f"Check the spelling. {VPN}"),
    "name resolution": _network("The address of {host} cannot be looked up: no name server answers"),
    "Connection refused": _network(
        "{host}, port {port} refused the connection",
        "The login node may be down for a moment, or the port is another one.",
    ),
    "banner exchange": _network(
        "{host} did not answer as an ssh server in time", "It may be overloaded: try again."
    ),
    "timed out": _network("{host}, port {port} did not answer in time"),
    "No route to host": _network("{host}, port {port} cannot be reached: No route to host"),
    "Network is unreachable": _network("{host}, port {port} cannot be reached: Network is unreachable"),
}
