"""What OpenSSH's last words mean at a compute node."""

import re

from msgspec import Struct
from paramiko.ssh_exception import ChannelException

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Layer
from jupystra_tui.ssh.identification import PROHIBITED, ForwardingForbidden


class NodeRefused(TunnelError):
    """A compute node turned us away, or is not the one it was: trying again by itself changes nothing."""


class NodeKeyChanged(NodeRefused):
    """A compute node shows another host key than the one on file."""


class _Rule(Struct, frozen=True):
    """What some words of OpenSSH's mean."""

    words: "re.Pattern[str]"
    title: str
    hint: str
    layer: Layer | None = None
    error: type[TunnelError] = TunnelError


def _rule(
    words: str, title: str, hint: str, layer: Layer | None = None, error: type[TunnelError] = TunnelError
) -> _Rule:
    return _Rule(re.compile(words, re.IGNORECASE), title, hint, layer, error)


FORBIDS = (
    "The login node forbids tunnels (TCP forwarding)",
    "Ask the site how to reach a server on a compute node.",
)
UNREACHABLE = (
    "The login node cannot reach the compute node",
    "The node may be restarting or down; it is tried again by itself while the job runs.",
)
SILENT = "The login node does not answer", "It is tried again by itself."
RULES = (
    _rule(
        "administratively prohibited", *FORBIDS, layer=Layer.FORWARDING_FORBIDDEN, error=ForwardingForbidden
    ),
    _rule(
        "no active jobs|access denied",
        "The node lets nobody in who has no job there",
        "The job may just have ended: look at its state.",
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
        "ssh ignores a key of yours that others can read",
        "The details name the file: run chmod 600 on it, then try again.",
    ),
    _rule(
        "permission denied",
        "The compute node did not accept your key",
        "Put your public key into ~/.ssh/authorized_keys on the cluster: then nodes let you in without a password.",
        layer=Layer.NODE_REFUSES_SSH,
        error=NodeRefused,
    ),
    _rule(
        "connect to host .* connection refused",
        "The compute node takes no ssh connections",
        "Its ssh server may be restarting, or the site allows none: it is tried again by itself while the job runs.",
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
        "The site may allow no ssh to its compute nodes, or only with a job there: ask its support if it stays so.",
        layer=Layer.NODE_REFUSES_SSH,
    ),
)
BROKE = _rule(
    "", "The connection to the compute node broke", "It is opened again by itself while the job runs."
)


def node_error(words: str, failure: Exception | None, asked: bool = False) -> TunnelError:
    """Return what OpenSSH's last words, or the failed channel, mean to a person.

    `asked` is whether the node was sent an answer.
    """
    detail = "\n".join(filter(None, [words, str(failure or "")]))
    if isinstance(failure, ChannelException):
        if failure.code == PROHIBITED:
            return forwarding_forbidden(detail)
        return TunnelError(*UNREACHABLE, detail, Layer.NODE_UNREACHABLE)
    if failure:
        return TunnelError(*SILENT, detail, Layer.NETWORK)
    rule = next((rule for rule in RULES if rule.words.search(words)), BROKE)
    if asked and rule.error is NodeRefused and rule.layer:
        title = "The compute node did not accept the answers"
        return NodeRefused(title, "Check the password, then try again.", detail, rule.layer)
    return rule.error(rule.title, rule.hint, detail, rule.layer)


def forwarding_forbidden(detail: str) -> ForwardingForbidden:
    """Return the error of a login node that forwards to no node."""
    return ForwardingForbidden(*FORBIDS, detail, Layer.FORWARDING_FORBIDDEN)


def closed_before_login(node: str) -> TunnelError:
    """Return the error of a compute node that waited for an answer no longer."""
    return TunnelError(
        f"{node} closed the connection before it let us in",
        "Too many wrong answers, or it waited too long. Try again.",
        layer=Layer.NODE_REFUSES_SSH,
    )


def connection_ended(node: str, words: str) -> TunnelError:
    """Return the error of an ssh to a compute node that was up and ended by itself; `words` are its last ones."""
    cause = node_error(words, None)
    title = f"The connection to {node} ended"
    return TunnelError(title, "It is opened again by itself.", words, cause.layer or Layer.NODE_UNREACHABLE)
