"""What OpenSSH's last words mean at a compute node."""

from jupystra_tui.errors import TunnelError
from jupystra_tui.ssh.reach import Forbidden


class Refused(TunnelError):
    """A compute node turned us away, or is not the one it was: trying again by itself changes nothing."""


class KeyChanged(Refused):
    """A compute node shows another host key than the one on file."""


def explain(words: str, failure: Exception | None, asked: bool = False) -> TunnelError:
    """Return what OpenSSH's last words, or the failed channel, mean to a person.

    `asked` is whether the node was sent an answer.
    """
    cause = str(failure) if failure else words
    detail = "\n".join(filter(None, [words, str(failure or "")]))
    lower = cause.lower()
    if "administratively prohibited" in lower or "channelexception(1" in lower:
        return forbidden(detail)
    if "no active jobs" in lower or "access denied" in lower:
        return TunnelError(
            "The node lets nobody in who has no job there",
            "The job may just have ended: look at its state.",
            detail,
        )
    if "identification has changed" in lower or "host key verification failed" in lower:
        return KeyChanged(
            "The compute node shows another host key than before",
            "Ask the site whether it was reinstalled; then remove its line from the file named in the details.",
            detail,
        )
    if "unprotected private key file" in lower:
        return TunnelError(
            "ssh ignores a key of yours that others can read",
            "The details name the file: run chmod 600 on it, then try again.",
            detail,
        )
    if "permission denied" in lower:
        return _not_let_in(detail, asked)
    return TunnelError(
        "The way to the compute node broke off", "Try again; the details have ssh's own words.", detail
    )


def forbidden(detail: str) -> Forbidden:
    """Return the error of a login node that forwards to no node."""
    return Forbidden(
        "The login node forbids tunnels (TCP forwarding)",
        "Ask the site how to reach a server on a compute node.",
        detail,
    )


def hung_up(node: str) -> TunnelError:
    """Return the error of a compute node that waited for an answer no longer."""
    return TunnelError(
        f"{node} closed the connection before it let us in",
        "Too many wrong answers, or it waited too long. Try again.",
    )


def _not_let_in(detail: str, asked: bool) -> Refused:
    if asked:
        return Refused(
            "The compute node did not accept the answers", "Check the password, then try again.", detail
        )
    return Refused(
        "The compute node did not accept your key",
        "Put your public key into ~/.ssh/authorized_keys on the cluster: then nodes let you in without a password.",
        detail,
    )
