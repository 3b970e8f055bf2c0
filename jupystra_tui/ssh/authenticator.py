"""Authentication of one login: keys, then keyboard-interactive, then password, as far as the server requires."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType, SSHException

from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh.auth_errors import Heard, connection_closed, failure_of, login_failed, too_many_keys
from jupystra_tui.ssh.auth_prompts import AuthPrompts
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.key_candidates import KeyCandidate, KeyCandidates
from jupystra_tui.ssh.key_files import SECURITY_KEY, OfferedKey
from jupystra_tui.ssh.paramiko_private import AuthRequests
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import AcceptedMethod, AuthMethod, ServerInfo
from jupystra_tui.ssh.transport import Transport
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean

USER_SECONDS = 900.0

Attempt = Callable[[list[str]], list[str]]
"""Tries one method; takes the methods that the server still allows, and returns those that it allows then."""


class _KeyNotOpened(Exception):
    """The server wants a key whose passphrase the user does not know."""


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
        transport: Transport,
        endpoint: Endpoint,
        ask: Callable[[Prompt], Secret],
        report: Report,
        vault: Vault,
    ) -> None:
        self._transport = transport
        self._requests = AuthRequests(transport)
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
        self._prompts.report_banners()

    def _next_attempt(self, remaining: list[str]) -> Attempt | None:
        """Return the next attempt by the first method that the configuration prefers; None when none is left."""
        for method in self._endpoint.methods:
            attempt = self._attempt_by(method) if method.value in remaining else None
            if attempt:
                return attempt
        return None

    def _attempt_by(self, method: AuthMethod) -> Attempt | None:
        """Return the next attempt by a method, None when it has no other."""
        if method is AuthMethod.PUBLIC_KEY:
            key = next(self._untried, None)
            return partial(self._try_key, key) if key else None
        if self._wrong_answers >= self._endpoint.answers:
            return None  # one more may lock the account
        if method is AuthMethod.PASSWORD:
            return self._try_password
        return None if self._no_questions else self._try_keyboard_interactive

    def _offered_methods(self) -> list[str]:
        try:
            with self._time_limit():
                return self._requests.none(self._endpoint.user)
        except BadAuthenticationType as error:
            return error.allowed_types
        except (SSHException, EOFError) as error:
            raise self._interrupted(clean(str(error))) from error
        finally:
            self._read_banners()
            self._prompts.news = ""  # the banner of every login

    def _try_key(self, key: KeyCandidate, remaining: list[str]) -> list[str]:
        self._report(f"key {key.name} offered")
        method = AcceptedMethod(AuthMethod.PUBLIC_KEY, f"key {key.name}")
        try:
            result = self._send(lambda: self._send_key(key), remaining, method)
        except _KeyNotOpened:
            return remaining
        self._rejected_keys += not result.accepted
        return result.remaining

    def _send_key(self, key: KeyCandidate) -> list[str]:
        user = self._endpoint.user
        if key.held or key.unlock:
            remaining = self._requests.probe(user, key.key)
            if remaining is not None:
                return remaining
        if key.key.get_name().startswith(SECURITY_KEY):
            self._report(f"key {key.name} is accepted there: touch it when it blinks")
        return self._requests.key(user, self._opened(key))

    def _opened(self, key: KeyCandidate) -> OfferedKey:
        """Return the key that signs; the user is asked for its passphrase if it has one."""
        opened = key.unlock() if key.unlock else key.key
        if opened is None:
            raise _KeyNotOpened
        return opened

    def _try_keyboard_interactive(self, remaining: list[str]) -> list[str]:
        """Answer the server's questions; a server that rejects without one, such as sshd without PAM, has none."""
        self._report("waiting for the login node's questions")
        self._prompts.server_asked = False
        method = AcceptedMethod(AuthMethod.KEYBOARD_INTERACTIVE, "the answer")
        result = self._send(
            lambda: self._requests.interactive(self._endpoint.user, self._answer_round),
            remaining,
            method,
        )
        if not result.accepted and not self._prompts.server_asked:
            self._no_questions, self._prompts.rejection = True, ""
        else:
            self._wrong_answers += not result.accepted
        return result.remaining

    def _answer_round(self, title: str, instructions: str, questions: list[tuple[str, bool]]) -> list[str]:
        self._read_banners()
        return self._prompts.answer_round(title, instructions, questions)

    def _try_password(self, remaining: list[str]) -> list[str]:
        self._read_banners()
        user, password = self._endpoint.user, self._prompts.ask_password()
        method = AcceptedMethod(AuthMethod.PASSWORD, "the password")
        result = self._send(lambda: self._requests.password(user, password.reveal()), remaining, method)
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
            self._read_banners()
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

    def _read_banners(self) -> None:
        while self._requests.banners:
            self._prompts.add_banner(self._requests.banners.popleft())

    def _interrupted(self, detail: str) -> JupystraError:
        """Return why the server closed the connection, as far as it said."""
        self._read_banners()
        reason = self._transport.disconnect_reason
        heard = Heard(reason, self._prompts.news, tuple(self._prompts.said), detail)
        if self._rejected_keys and not self._prompts.count and not heard.unexpected:
            return too_many_keys(self._asker, self._rejected_keys + 1, self._keys, heard)
        return connection_closed(self._asker, heard, asked=self._prompts.count > 0)

    def _login_failed(self, remaining: list[str]) -> JupystraError:
        wrong = bool(self._wrong_answers and self._prompts.rejection)
        failure = failure_of(remaining, self._endpoint.methods, self._keys, wrong, self._no_questions)
        heard = Heard("", self._prompts.news, tuple(self._prompts.said))
        rejection = (self._prompts.rejection, self._wrong_answers)
        return login_failed(self._asker, failure, remaining, rejection, self._keys, heard)
