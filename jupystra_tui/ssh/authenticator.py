"""Authentication of one login: keys, then keyboard-interactive, then password, as far as the server requires."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType, SSHException

from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh.auth_errors import Failure, connection_closed, login_failed, too_many_keys
from jupystra_tui.ssh.auth_prompts import AuthPrompts
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.key_candidates import TRIES, KeyCandidate, KeyCandidates
from jupystra_tui.ssh.key_files import SECURITY_KEY
from jupystra_tui.ssh.paramiko_private import probe_key
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import AcceptedMethod, AuthMethod, ServerInfo
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean

USER_SECONDS = 900.0

Attempt = Callable[[list[str]], list[str]]
"""Tries one method; takes the methods that the server still allows, and returns those that it allows then."""


class AttemptResult(NamedTuple):
    """Whether the server accepted an attempt, and the methods that it still requires; none once logged in."""

    accepted: bool
    remaining: list[str]


class Authenticator:
    """One login on one connected Transport; blocking, for a thread of its own.

    `ask` blocks until the user answered, and raises GivenUp when they cancel: then nothing more is sent. `password` is
    the latest that was answered: the right one, once `run` has returned.
    """

    def __init__(
        self,
        transport: paramiko.Transport,
        endpoint: Endpoint,
        ask: Callable[[Prompt], Secret],
        report: Report,
        vault: Vault,
    ) -> None:
        self._transport = transport
        self._endpoint = endpoint
        self._report = report
        self._asker = f"{endpoint.user}@{endpoint.alias}"
        self._prompts = AuthPrompts(self._asker, ask, report, vault)
        self._keys = KeyCandidates(endpoint, self._prompts.ask_user, report, vault)
        self._untried = iter(self._keys)
        self._methods: list[str] = []
        self._accepted: list[AcceptedMethod] = []
        self._wrong_answers = 0
        self._rejected_keys = 0
        self._no_questions = False

    @property
    def password(self) -> Secret | None:
        """The password that was sent last."""
        return self._prompts.password

    @property
    def agent_lost(self) -> bool:
        """Whether the agent failed during the login: ssh itself would wait for it forever."""
        return self._keys.agent_lost

    @property
    def server_info(self) -> ServerInfo:
        """What the login node showed of itself."""
        key = self._transport.get_remote_server_key()
        return ServerInfo(
            clean(self._transport.remote_version),
            key.get_name(),
            key.get_base64(),
            tuple(map(clean, self._methods)),
            tuple(self._accepted),
            self._prompts.count,
        )

    def close(self) -> None:
        """Close the connection to the agent, so that nothing waits for its signature. Idempotent."""
        self._keys.close()

    def run(self) -> None:
        """Log in; raises AuthError when no method is left, GivenUp when the user cancels, SSHException, EOFError."""
        self._transport.auth_timeout = math.inf  # paramiko measures it by the system clock, which can jump
        remaining = self._methods = self._offered_methods()
        while remaining:
            attempt = self._next_attempt(remaining)
            if attempt is None:
                raise self._login_failed(remaining)
            remaining = attempt(remaining)

    def _next_attempt(self, remaining: list[str]) -> Attempt | None:
        """Return the next attempt: each key once, then answers until three were wrong; None when none is left."""
        key = next(self._untried, None) if AuthMethod.PUBLIC_KEY.value in remaining else None
        if key:
            return partial(self._try_key, key)
        if self._wrong_answers >= TRIES:
            return None
        if AuthMethod.KEYBOARD_INTERACTIVE.value in remaining and not self._no_questions:
            return self._try_keyboard_interactive
        return self._try_password if AuthMethod.PASSWORD.value in remaining else None

    def _offered_methods(self) -> list[str]:
        try:
            with self._time_limit():
                return self._transport.auth_none(self._endpoint.user)
        except BadAuthenticationType as error:
            return error.allowed_types
        finally:
            self._read_banner()

    def _try_key(self, key: KeyCandidate, remaining: list[str]) -> list[str]:
        self._report(f"key {key.name} offered")
        method = AcceptedMethod(AuthMethod.PUBLIC_KEY, f"key {key.name}")
        result = self._send(lambda: self._send_key(key), remaining, method)
        self._rejected_keys += not result.accepted
        return result.remaining

    def _send_key(self, key: KeyCandidate) -> list[str]:
        user = self._endpoint.user
        remaining = probe_key(self._transport, user, key.key) if key.held else None
        if remaining is not None:
            return remaining
        if key.key.get_name().startswith(SECURITY_KEY):
            self._report(f"key {key.name} is accepted there: touch it when it blinks")
        return self._transport.auth_publickey(user, key.key)

    def _try_keyboard_interactive(self, remaining: list[str]) -> list[str]:
        """Answer the server's questions; a server that rejects without one, such as sshd without PAM, has none."""
        self._report("waiting for the login node's questions")
        self._prompts.server_asked = False
        method = AcceptedMethod(AuthMethod.KEYBOARD_INTERACTIVE, "the answer")
        result = self._send(
            lambda: self._transport.auth_interactive(self._endpoint.user, self._answer_round),
            remaining,
            method,
        )
        if not result.accepted and not self._prompts.server_asked:
            self._no_questions, self._prompts.rejection = True, ""
        else:
            self._wrong_answers += not result.accepted
        return result.remaining

    def _answer_round(self, title: str, instructions: str, questions: list[tuple[str, bool]]) -> list[str]:
        self._read_banner()
        return self._prompts.answer_round(title, instructions, questions)

    def _try_password(self, remaining: list[str]) -> list[str]:
        self._read_banner()
        user, password = self._endpoint.user, self._prompts.ask_password()
        method = AcceptedMethod(AuthMethod.PASSWORD, "the password")
        result = self._send(
            lambda: self._transport.auth_password(user, password.reveal(), fallback=False), remaining, method
        )
        self._wrong_answers += not result.accepted
        return result.remaining

    def _send(
        self, request: Callable[[], list[str]], remaining: list[str], method: AcceptedMethod
    ) -> AttemptResult:
        """Send one request and return the server's answer; raises what `_interrupted` returns."""
        try:
            with self._time_limit():
                required = request()
        except (SSHException, EOFError) as error:
            if not self._transport.is_active() or not isinstance(error, AuthenticationException):
                raise self._interrupted(clean(str(error))) from error
            self._prompts.rejection = f"{method.label} was not accepted"
            allowed = error.allowed_types if isinstance(error, BadAuthenticationType) else remaining
            return AttemptResult(False, allowed)
        finally:
            self._read_banner()
        self._prompts.rejection = ""
        self._accepted.append(method)
        self._report(f"{method.label} accepted")
        return AttemptResult(True, required)

    @contextmanager
    def _time_limit(self) -> Iterator[None]:
        """Close the connection when a request takes longer than a user may take to answer."""
        timer = threading.Timer(USER_SECONDS, self._transport.close)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _read_banner(self) -> None:
        """Keep the server's banner: paramiko has that of the latest request only."""
        self._prompts.add_banner(self._transport.get_banner())

    def _interrupted(self, detail: str) -> JupystraError:
        """Return why the server closed the connection, as far as is known: paramiko does not keep its reason."""
        if self._prompts.count:
            return connection_closed(self._asker, detail)
        if self._rejected_keys:
            return too_many_keys(self._asker, self._rejected_keys + 1, self._keys)
        title = f"{self._endpoint.host} closed the connection during the login"
        return ConnectError(title, "It may be restarting: try again.", detail)

    def _login_failed(self, remaining: list[str]) -> JupystraError:
        key_required = AuthMethod.PUBLIC_KEY.value in remaining
        if self._wrong_answers >= TRIES:
            failure = Failure.WRONG_ANSWERS
        elif key_required and (len(set(remaining)) == 1 or self._keys.tried):
            failure = Failure.NO_KEY_ACCEPTED
        elif self._no_questions:
            failure = Failure.NO_QUESTION
        else:
            failure = Failure.UNSUPPORTED_METHODS
        return login_failed(self._asker, failure, remaining, self._prompts.rejection, self._keys)
