"""The secrets of one session, kept in the worker's memory only."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from jupystra_tui.stopwatch import Stopwatch
from jupystra_tui.text import Secret

OFFER_SECONDS = 900.0
CHECK_SECONDS = 5.0  # the event loop's clock stops while the laptop sleeps, so the time is checked often


class Vault:
    """Passphrases that opened their keys, and passwords that the user agreed to keep; for the event loop's thread.

    The login's password is held for a quarter of an hour at most, sleep included, so that it can be offered for a
    compute node; it is kept only if the user accepts the offer.
    """

    def __init__(self, stopwatch: Callable[[], Stopwatch] = Stopwatch) -> None:
        self._stopwatch = stopwatch
        self.node_password: Secret | None = None
        self.given: Secret | None = None
        self._passphrases: dict[Path, Secret] = {}
        self._login_password: Secret | None = None
        self._held = stopwatch()
        self._expiry: asyncio.TimerHandle | None = None

    def passphrase(self, key: Path) -> Secret | None:
        """Return the passphrase given for a key file."""
        return self._passphrases.get(key)

    def keep_passphrase(self, key: Path, secret: Secret) -> None:
        """Keep a passphrase that opened its key."""
        self._passphrases[key] = Secret(secret.reveal())

    def take_given(self) -> Secret | None:
        """Return the password that came with the request to log in; only the first call returns it."""
        given, self.given = self.given, None
        return given

    def drop_given(self) -> None:
        """Wipe the password that came with the request, if the login did not need it."""
        if given := self.take_given():
            given.wipe()

    def hold_login_password(self, secret: Secret) -> None:
        """Hold the password that the login accepted, for the offer."""
        self._drop_login_password()
        self._login_password = Secret(secret.reveal())
        self._held = self._stopwatch()
        self._expire()

    @property
    def login_password(self) -> Secret | None:
        """The login's password, as long as it may be offered."""
        if self._held.elapsed >= OFFER_SECONDS:
            self._drop_login_password()
        return self._login_password

    def settle(self, node_password: Secret | None) -> None:
        """Keep the user's choice of a nodes' password, or none; the login's password is wiped."""
        self.node_password = Secret(node_password.reveal()) if node_password else None
        self._drop_login_password()

    def _expire(self) -> None:
        """Wipe the login's password if its time is over, otherwise check again soon."""
        left = OFFER_SECONDS - self._held.elapsed
        if left <= 0:
            self._drop_login_password()
        else:
            pause = min(left, CHECK_SECONDS)
            self._expiry = asyncio.get_running_loop().call_later(pause, self._expire)

    def _drop_login_password(self) -> None:
        if self._expiry:
            self._expiry.cancel()
        if self._login_password:
            self._login_password.wipe()
        self._expiry = self._login_password = None

    def wipe(self) -> None:
        """Wipe all secrets."""
        self.settle(None)
        self.drop_given()
        for secret in self._passphrases.values():
            secret.wipe()
        self._passphrases.clear()
