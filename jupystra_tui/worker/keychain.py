"""The laptop's own keychain, through `keyring` where that is installed; without it nothing is kept."""

import importlib
import logging
from typing import Any

from jupystra_tui.text import Secret

SERVICE = "jupystra-tui"
KEEP = "keep it in this laptop's keychain"

log = logging.getLogger(__name__)


def read(account: str) -> Secret | None:
    """Return the password kept for an account; blocking: the keychain may ask the user to open it."""
    try:
        value = _keyring().get_password(SERVICE, account)
    except Exception as error:  # backends raise what they like
        log.info("the keychain was not read: %s", type(error).__name__)
        return None
    return Secret(value) if value else None


def write(account: str, password: Secret) -> None:
    """Keep a password; blocking."""
    try:
        _keyring().set_password(SERVICE, account, password.reveal())
    except Exception as error:  # backends raise what they like
        log.info("the keychain was not written: %s", type(error).__name__)


def _keyring() -> Any:
    return importlib.import_module("keyring")
