"""The errors of a connection to a compute node, read from OpenSSH's error output."""

import re

from msgspec import Struct
from paramiko.ssh_exception import ChannelException

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.identification import PROHIBITED, ForwardingForbidden


class NodeRefused(TunnelError):
    """A compute node rejected the login, or its host key changed: a retry without the user does not help."""


class NodeKeyChanged(NodeRefused):
    """A compute node shows another host key than the one on file."""


class _Rule(Struct, frozen=True):
    """An error, and the pattern of OpenSSH's message for it."""

    pattern: "re.Pattern[str]"
    title: str
    hint: str
    layer: Layer | None = None
    error: type[TunnelError] = TunnelError


def _rule(
    words: str, title: str, hint: str, layer: Layer | None = None, error: type[TunnelError] = TunnelError
) -> _Rule:
    return _Rule(re.compile(words, re.IGNORECASE), title, hint, layer, error)


FORWARDING_FORBIDDEN = (
    "The login node forbids tunnels (TCP forwarding)",
    "Ask the site how to reach a server on a compute node.",
)
UNREACHABLE = (
    "The login node cannot reach the compute node",
    "The node may be restarting or down; it is retried automatically while the job runs.",
)
SILENT = "The login node does not answer", "It is retried automatically."
RULES = (
    _rule(
        "administratively prohibited",
        *FORWARDING_FORBIDDEN,
        layer=Layer.FORWARDING_FORBIDDEN,
        error=ForwardingForbidden,
    ),
    _rule(
        "no active jobs|access denied",
        "The compute node accepts only users with a job there",
        "The job may just have ended: check its state.",
        layer=Layer.NODE_REFUSES_SSH,
    ),
    _rule(
        "identification has changed|host key verification failed",
        "The compute node shows another host key than before",
        "Ask the site whether it was reinstalled; then remove its line from the file named in the details.",
        error=NodeKeyChanged,
    ),
    _rule(
        "unprotected private key file",
        "ssh ignores a key that others can read",
        "The details name the file: run chmod 600 on it, then try again.",
    ),
    _rule(
        "permission denied",
        "The compute node did not accept your key",
        "Add your public key to ~/.ssh/authorized_keys on the cluster: then nodes need no password.",
        layer=Layer.NODE_REFUSES_SSH,
        error=NodeRefused,
    ),
    _rule(
        "connect to host .* connection refused",
        "The compute node refuses ssh connections",
        "Its ssh server may be restarting, or the site allows none: it is retried automatically while the job runs.",
        layer=Layer.NODE_REFUSES_SSH,
    ),
    _rule(
        "no route to host|connect to host .* timed out|network is unreachable|could not resolve|name or service"
        "|timed out during banner exchange",
        *UNREACHABLE,
        layer=Layer.NODE_UNREACHABLE,
    ),
    _rule(
        "(?:kex|ssh)_exchange_identification|banner exchange|connection (?:closed|reset) by",
        "The compute node closes ssh connections before the login",
        "The site may allow no ssh to its compute nodes, or only with a job there: ask its support if this continues.",
        layer=Layer.NODE_REFUSES_SSH,
    ),
)
BROKE = _rule(
    "", "The connection to the compute node broke", "It is opened again automatically while the job runs."
)


def node_error(stderr: str, failure: Exception | None, answered: bool = False) -> TunnelError:
    """Return the error for OpenSSH's error output, or for a channel that could not be opened.

    `answered` is whether the node was sent an answer.
    """
    detail = "\n".join(filter(None, [stderr, str(failure or "")]))
    if isinstance(failure, ChannelException):
        if failure.code == PROHIBITED:
            return forwarding_forbidden(detail)
        return TunnelError(*UNREACHABLE, detail, Layer.NODE_UNREACHABLE)
    if failure:
        return TunnelError(*SILENT, detail, Layer.NETWORK)
    rule = next((rule for rule in RULES if rule.pattern.search(stderr)), BROKE)
    if answered and rule.error is NodeRefused and rule.layer:
        title = "The compute node did not accept the answers"
        return NodeRefused(title, "Check the password, then try again.", detail, rule.layer)
    return rule.error(rule.title, rule.hint, detail, rule.layer)


def forwarding_forbidden(detail: str) -> ForwardingForbidden:
    """Return the error of a login node that does not allow forwarding."""
    return ForwardingForbidden(*FORWARDING_FORBIDDEN, detail, Layer.FORWARDING_FORBIDDEN)


def closed_before_login(node: str) -> TunnelError:
    """Return the error of a compute node that closed the connection during the login."""
    return TunnelError(
        f"{node} closed the connection before the login was complete",
        "Too many wrong answers, or it waited too long. Try again.",
        layer=Layer.NODE_REFUSES_SSH,
    )


def connection_ended(node: str, stderr: str) -> TunnelError:
    """Return the error of an established ssh to a compute node that ended; `stderr` is its error output."""
    cause = node_error(stderr, None)
    title = f"The connection to {node} ended"
    return TunnelError(
        title, "It is opened again automatically.", stderr, cause.layer or Layer.NODE_UNREACHABLE
    )
