"""Which authentication methods a configuration allows, in the order that it prefers."""

from collections.abc import Mapping, Sequence

from jupystra_tui.ssh.server_info import AuthMethod

DEFAULT_METHODS = (AuthMethod.PUBLIC_KEY, AuthMethod.KEYBOARD_INTERACTIVE, AuthMethod.PASSWORD)
DEFAULT_ANSWERS = 3
KEYWORDS = {
    AuthMethod.PUBLIC_KEY: "pubkeyauthentication",
    AuthMethod.KEYBOARD_INTERACTIVE: "kbdinteractiveauthentication",
    AuthMethod.PASSWORD: "passwordauthentication",
}
OFF = ("no", "false")


def enabled_methods(settings: Mapping[str, Sequence[str]], answers: int) -> tuple[AuthMethod, ...]:
    """Return those of DEFAULT_METHODS that `ssh -G` allows; without `answers` only those that ask nothing."""
    names = {method.value: method for method in KEYWORDS}
    preferred = settings.get("preferredauthentications", [""])[0].split(",")
    order = [names[name] for name in preferred if name in names] if preferred != [""] else DEFAULT_METHODS
    return tuple(
        method
        for method in dict.fromkeys(order)
        if settings.get(KEYWORDS[method], ["yes"])[0] not in OFF
        and (answers > 0 or method is AuthMethod.PUBLIC_KEY)
    )
