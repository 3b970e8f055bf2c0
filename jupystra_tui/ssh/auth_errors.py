"""The errors of a login that the server did not accept."""

from collections.abc import Sequence
from enum import Enum, auto

from jupystra_tui.errors import AuthError
from jupystra_tui.ssh.key_candidates import TRIES, KeyCandidates
from jupystra_tui.ssh.key_files import UnusableKey
from jupystra_tui.ssh.openssh_needs import UnsupportedMethod
from jupystra_tui.text import clean

LISTED = 20


class Failure(Enum):
    """Why no authentication method is left to try."""

    WRONG_ANSWERS = auto()
    NO_KEY_ACCEPTED = auto()
    NO_QUESTION = auto()
    UNSUPPORTED_METHODS = auto()


def login_failed(
    asker: str, failure: Failure, remaining: Sequence[str], rejection: str, keys: KeyCandidates
) -> AuthError:
    """Return the error of a login with no method left; `rejection` says what was not accepted last."""
    if failure is Failure.WRONG_ANSWERS:
        title = f"{asker}: {rejection} {TRIES} times"
        hint = "Check the user name and the password, then log in again."
    elif failure is Failure.NO_KEY_ACCEPTED:
        title, hint = no_key_accepted(asker, keys.tried, keys.unusable)
    elif failure is Failure.NO_QUESTION:
        title = f"{asker}: the login node rejected the login without asking a question"
        hint = (
            "If your phone asked for approval, the login was not approved; otherwise ask the site's support."
        )
    else:
        title = f"{asker} offers no supported authentication method ({', '.join(map(clean, remaining))})"
        hint = "Ask the site which logins it allows, and whether your own `ssh` gets in."
        return UnsupportedMethod(title, hint, tried_keys(keys))
    return AuthError(title, hint, tried_keys(keys))


def too_many_keys(asker: str, count: int, keys: KeyCandidates) -> AuthError:
    """Return the error of a server that closed the connection after `count` keys."""
    return AuthError(
        f"{asker}: the login node closed the connection after {'1 key' if count == 1 else f'{count} keys'}",
        "Name the right one: IdentityFile and `IdentitiesOnly yes` for this host in ~/.ssh/config.",
        tried_keys(keys),
    )


def connection_closed(asker: str, detail: str = "") -> AuthError:
    """Return the error of a server that closed the connection during a login."""
    hint = "Too many wrong answers, or it waited too long. Try again."
    return AuthError(f"{asker}: the login node closed the connection", hint, detail)


def tried_keys(keys: KeyCandidates) -> str:
    """Return the keys that were tried or could not be used, one a line; empty if there are none."""
    tried = [*keys.tried[:LISTED], *(key.why for key in keys.unusable[:LISTED])]
    return "\n".join(["Tried:", *tried]) if tried else ""


def no_key_accepted(asker: str, tried: Sequence[str], unusable: Sequence[UnusableKey]) -> tuple[str, str]:
    """Return title and hint of the error of a server that requires a key and accepted none."""
    if unusable:
        before = "did not accept a key, and" if tried else "requires a key, but"
        return f"{asker} {before} {unusable[0].why}", unusable[0].hint
    what = "did not accept a key" if tried else "requires a key, and there is none"
    hint = "Check the user name, and that your public key is in ~/.ssh/authorized_keys on the cluster."
    return f"{asker} {what}", hint
