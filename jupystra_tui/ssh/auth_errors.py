"""The errors of a login that the server did not accept."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from msgspec import Struct

from jupystra_tui.errors import AuthError, ConnectError, JupystraError
from jupystra_tui.ssh.key_candidates import KeyCandidates
from jupystra_tui.ssh.key_formats import UnusableKey
from jupystra_tui.ssh.server_info import AuthMethod
from jupystra_tui.ssh.unsupported import UnsupportedMethod
from jupystra_tui.text import clean

LISTED = 20
HEADLINE_LIMIT = 200
REASON_HINT = "The login node gave this reason: ask the site's support if you did not expect it."
_TOO_MANY = re.compile("too many", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
SETTINGS = {
    AuthMethod.PUBLIC_KEY: "PubkeyAuthentication",
    AuthMethod.KEYBOARD_INTERACTIVE: "KbdInteractiveAuthentication",
    AuthMethod.PASSWORD: "PasswordAuthentication",
}


class ClosedBeforeLogin(ConnectError):
    """The login node closed the connection before the login was decided: attempts soon after may be too many."""


class WrongAnswers(AuthError):
    """The login node did not accept the user's answers."""


class LoginThrottled(ClosedBeforeLogin):
    """The login node said that it takes no connection now."""


class Failure(Enum):
    """Why no authentication method is left to try."""

    WRONG_ANSWERS = auto()
    NO_KEY_ACCEPTED = auto()
    NO_QUESTION = auto()
    TURNED_OFF = auto()
    UNSUPPORTED_METHODS = auto()


class Heard(Struct, frozen=True):
    """What the server said: the `reason` of its disconnect, `news` during the latest request, all that it `said`.

    `detail` is the local error. `words` is the line that explains the end best, empty where it said nothing.
    """

    reason: str = ""
    news: str = ""
    said: tuple[str, ...] = ()
    detail: str = ""

    @property
    def words(self) -> str:
        """One line of at most 200 characters."""
        return self.reason or headline(self.news)

    @property
    def unexpected(self) -> bool:
        """Whether the server named another reason than too many attempts."""
        return bool(self.words) and not _TOO_MANY.search(self.words)

    @property
    def all(self) -> str:
        """All that the server said, one part after the other."""
        parts = [*self.said, self.reason]
        said = "\n".join(dict.fromkeys(filter(None, parts)))
        return f"The login node said:\n{said}" if said else ""


def failure_of(
    remaining: Sequence[str],
    enabled: Sequence[AuthMethod],
    keys: KeyCandidates,
    wrong_answers: bool,
    no_questions: bool,
) -> Failure:
    """Return why no method is left: the server requires one of `remaining`, the configuration allows `enabled`."""
    key_required = AuthMethod.PUBLIC_KEY in enabled and AuthMethod.PUBLIC_KEY.value in remaining
    off = [method for method in SETTINGS if method.value in remaining and method not in enabled]
    if wrong_answers:
        return Failure.WRONG_ANSWERS
    if key_required and (len(set(remaining)) == 1 or keys.tried):
        return Failure.NO_KEY_ACCEPTED
    if no_questions:
        return Failure.NO_QUESTION
    return Failure.TURNED_OFF if off else Failure.UNSUPPORTED_METHODS


def headline(text: str) -> str:
    """Return the first line with a word in it: banners begin with lines of stars."""
    line = next((line for line in text.splitlines() if _LETTERS.search(line)), "")
    return clean(line.strip(" *#|=-"), HEADLINE_LIMIT)


def login_failed(
    asker: str,
    failure: Failure,
    remaining: Sequence[str],
    rejection: tuple[str, int],
    keys: KeyCandidates,
    heard: Heard,
) -> AuthError:
    """Return the error of a login with no method left; `rejection` is what was not accepted last, and how often."""
    if failure is Failure.WRONG_ANSWERS:
        what, times = rejection
        title = f"{asker}: {what}{f' {times} times' if times > 1 else ''}"
        hint = "Check the user name and the password, then log in again."
        title, hint = _with_reason(title, hint, heard)
        return WrongAnswers(title, hint, _details(tried_keys(keys), heard.all))
    if failure is Failure.NO_KEY_ACCEPTED:
        title, hint = no_key_accepted(asker, keys.tried, keys.unusable)
    elif failure is Failure.NO_QUESTION:
        title = f"{asker}: the login node rejected the login without asking a question"
        hint = (
            "If your phone asked for approval, the login was not approved; otherwise ask the site's support."
        )
        title, hint = _with_reason(f"{asker}: the login node rejected the login", hint, heard, title)
    elif failure is Failure.TURNED_OFF:
        title, hint = turned_off(asker, remaining)
    else:
        title = f"{asker} offers no supported authentication method ({', '.join(map(clean, remaining))})"
        hint = "Ask the site which logins it allows, and whether your own `ssh` gets in."
        return UnsupportedMethod(title, hint, _details(tried_keys(keys), heard.all))
    return AuthError(title, hint, _details(tried_keys(keys), heard.all))


def too_many_keys(asker: str, count: int, keys: KeyCandidates, heard: Heard) -> AuthError:
    """Return the error of a server that closed the connection after `count` keys."""
    title = (
        f"{asker}: the login node closed the connection after {'1 key' if count == 1 else f'{count} keys'}"
    )
    return AuthError(
        f"{title}: {heard.reason}" if heard.reason else title,
        "Name the right one: IdentityFile and `IdentitiesOnly yes` for this host in ~/.ssh/config.",
        _details(tried_keys(keys), heard.all),
    )


def connection_closed(asker: str, heard: Heard, asked: bool = True) -> JupystraError:
    """Return the error of a server that closed the connection during a login; `asked` is whether the user was asked."""
    title = f"{asker}: the login node closed the connection"
    detail = _details(heard.all, heard.detail)
    if heard.unexpected:
        return AuthError(*_with_reason(title, "", heard), detail)
    if not asked:
        hint = "It gave no reason. Wait a moment before you try again; the site's support can see why."
        return ClosedBeforeLogin(f"{title} during the login", hint, detail)
    if heard.words:
        hint = "Check the user name and the password before you log in again."
        return AuthError(f"{title}: {heard.words}", hint, detail)
    hint = "Too many wrong answers, or it waited too long: check the password before you log in again."
    return AuthError(title, hint, detail)


def tried_keys(keys: KeyCandidates) -> str:
    """Return the keys that were tried or could not be used, one per line; empty if there are none."""
    tried = [*keys.tried[:LISTED], *(key.why for key in keys.unusable[:LISTED])]
    return "\n".join(["Tried:", *tried]) if tried else ""


def _with_reason(title: str, hint: str, heard: Heard, otherwise: str = "") -> tuple[str, str]:
    """Return title and hint with the server's reason; without one `otherwise`, or the title, and the hint."""
    if heard.words:
        return f"{title}: {heard.words}", REASON_HINT
    return otherwise or title, hint


def _details(*parts: str) -> str:
    return "\n".join(filter(None, parts))


def turned_off(asker: str, remaining: Sequence[str]) -> tuple[str, str]:
    """Return title and hint where the server requires a method that the configuration does not allow."""
    off = [method for method in SETTINGS if method.value in remaining]
    names = " or ".join(method.value for method in off)
    settings = ", ".join(SETTINGS[method] for method in off)
    return (
        f"{asker} requires {names}, which your ssh configuration turns off",
        f"See PreferredAuthentications, {settings}, NumberOfPasswordPrompts and BatchMode in ~/.ssh/config.",
    )


def no_key_accepted(asker: str, tried: Sequence[str], unusable: Sequence[UnusableKey]) -> tuple[str, str]:
    """Return title and hint of the error of a server that requires a key and accepted none."""
    if unusable:
        before = "did not accept a key, and" if tried else "requires a key, but"
        return f"{asker} {before} {unusable[0].why}", unusable[0].hint
    what = "did not accept a key" if tried else "requires a key, and there is none"
    hint = "Check the user name, and that your public key is in ~/.ssh/authorized_keys on the cluster."
    return f"{asker} {what}", hint
