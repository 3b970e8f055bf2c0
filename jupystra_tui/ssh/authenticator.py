"""The ladder of a login: agent and keys, keyboard-interactive, password, as far as the server wants it climbed."""

import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType, SSHException

from jupystra_tui.errors import AuthError, ConnectError, JupystraError
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.key_candidates import TRIES, KeyCandidate, KeyCandidates
from jupystra_tui.ssh.key_files import SECURITY_KEY
from jupystra_tui.ssh.key_probe import probe_key
from jupystra_tui.ssh.prompt_patterns import is_password
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.server_info import AuthMethod, ServerInfo
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean, clip_lines

USER_SECONDS = 900.0
NOTES_LIMIT = 8000
TEXT_LIMIT = 4000
SAID_LIMIT = LISTED = 20
NEWS_LIMIT = 8
ROUNDS_WITHOUT_QUESTION = 100  # some servers send a line each second while they wait for a phone
ROUNDS, QUESTIONS_AT_ONCE = 200, 20


class Authenticator:
    """One login on one connected Transport; blocking, for a thread of its own.

    `ask` blocks until a person answered, and raises GivenUp when they cancel: then nothing more is sent. `password` is
    the latest that was answered: the right one, once `run` has returned.
    """

    def __init__(
        self,
        transport: paramiko.Transport,
        endpoint: Endpoint,
        ask: Callable[[Prompt], Secret],
        tell: Report,
        vault: Vault,
    ) -> None:
        self._transport = transport
        self._endpoint = endpoint
        self._ask = ask
        self._tell = tell
        self._vault = vault
        self._asker = f"{endpoint.user}@{endpoint.alias}"
        self.password: Secret | None = None
        self._offers = KeyCandidates(endpoint, self._ask_person, tell, vault)
        self._refused = ""
        self._wrong = 0
        self._refused_keys = 0
        self._prompted = False
        self._silent = False
        self._said: list[str] = []
        self._heard: set[int] = set()
        self._asked_somebody = False
        self._ways: list[str] = []
        self._taken: list[str] = []
        self._methods: set[AuthMethod] = set()
        self._questions = 0
        self._rounds = self._rounds_without_question = 0

    @property
    def agent_lost(self) -> bool:
        """Whether the agent failed on the way: ssh itself would wait for it for ever."""
        return self._offers.agent_lost

    @property
    def door(self) -> ServerInfo:
        """The login node as it showed itself."""
        key = self._transport.get_remote_server_key()
        return ServerInfo(
            clean(self._transport.remote_version),
            key.get_name(),
            key.get_base64(),
            tuple(map(clean, self._ways)),
            tuple(self._taken),
            self._questions,
            frozenset(self._methods),
        )

    def close(self) -> None:
        """Let the agent go, so that nothing waits for its signature; again without harm."""
        self._offers.close()

    def run(self) -> None:
        """Log in; raises AuthError when no way is left, GivenUp when the person cancels, SSHException, EOFError."""
        self._transport.auth_timeout = math.inf  # it goes by the clock on the wall, which jumps
        left = self._ways = self._first_methods()
        offers = iter(self._offers)
        while left:
            offer = next(offers, None) if "publickey" in left else None
            if offer:
                left = self._offer_key(offer, left)
            elif "keyboard-interactive" in left and not self._silent and self._wrong < TRIES:
                left = self._interact(left)
            elif "password" in left and self._wrong < TRIES:
                left = self._password(left)
            else:
                raise self._no_way(left)

    def _first_methods(self) -> list[str]:
        try:
            with self._bounded():
                return self._transport.auth_none(self._endpoint.user)
        except BadAuthenticationType as error:
            return error.allowed_types
        finally:
            self._listen()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """End the connection when an attempt takes longer than a person may think."""
        over = threading.Timer(USER_SECONDS, self._transport.close)
        over.daemon = True
        over.start()
        try:
            yield
        finally:
            over.cancel()

    def _offer_key(self, offer: KeyCandidate, left: list[str]) -> list[str]:
        self._tell(f"key {offer.name} offered")
        remaining = self._try(lambda: self._attempt_key(offer), left, AuthMethod.KEY, f"key {offer.name}")
        self._refused_keys += bool(self._refused)
        return remaining

    def _attempt_key(self, offer: KeyCandidate) -> list[str]:
        user = self._endpoint.user
        over = probe_key(self._transport, user, offer.key) if offer.held else None
        if over is not None:
            return over
        if offer.key.get_name().startswith(SECURITY_KEY):
            self._tell(f"key {offer.name} is known there: touch it when it blinks")
        return self._transport.auth_publickey(user, offer.key)

    def _interact(self, left: list[str]) -> list[str]:
        """Let the server ask; one that refuses before it did has no questions, such as sshd without PAM."""
        self._tell("the login node asks")
        self._prompted = False
        remaining = self._try(
            lambda: self._transport.auth_interactive(self._endpoint.user, self._answers),
            left,
            AuthMethod.ANSWER,
            "the answer",
        )
        if self._refused and not self._prompted:
            self._silent, self._refused = True, ""
        self._wrong += bool(self._refused)
        return remaining

    def _answers(self, title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        self._count_round(len(prompts))
        if not prompts:
            self._pass_on(title, instructions)
            return []
        self._prompted = True
        notes = self._notes(title, instructions)
        answers = []
        for text, echo in prompts:
            question = clip_lines(text, TEXT_LIMIT)
            prompt = Prompt("", PromptKind.TEXT, self._asker, question, notes, echo)
            answer = self._given(prompt) or _one_line(self._ask_person(prompt))
            if is_password(prompt.text) and not echo:
                self._note_password(answer)
            answers.append(answer.reveal())
        return answers

    def _count_round(self, questions: int) -> None:
        """Note that the server sent questions, or news alone; raises AuthError where that does not end."""
        self._rounds += 1
        self._rounds_without_question = 0 if questions else self._rounds_without_question + 1
        if self._rounds_without_question > ROUNDS_WITHOUT_QUESTION:
            what = f"sent news {ROUNDS_WITHOUT_QUESTION} times without a question"
        elif self._rounds > ROUNDS:
            what = f"asked more than {ROUNDS} times"
        elif questions > QUESTIONS_AT_ONCE:
            what = f"asked {questions} questions at once"
        else:
            return
        hint = "Nothing more was sent. Its login program may be out of order: ask the site's support."
        raise AuthError(f"{self._asker}: the login node {what}", hint)

    def _pass_on(self, title: str, instructions: str) -> None:
        """Report news that want no answer, such as a code to type on the phone."""
        lines = clip_lines(f"{title}\n{instructions}", NOTES_LIMIT).splitlines()
        for line in [line for line in lines if line.strip()][-NEWS_LIMIT:]:
            self._tell(clean(line, 200))

    def _password(self, left: list[str]) -> list[str]:
        prompt = Prompt("", PromptKind.TEXT, self._asker, "Password", self._notes())
        secret = self._given(prompt) or _one_line(self._ask_person(prompt))
        self._note_password(secret)
        remaining = self._try(
            lambda: self._transport.auth_password(self._endpoint.user, secret.reveal(), fallback=False),
            left,
            AuthMethod.PASSWORD,
            "the password",
        )
        self._wrong += bool(self._refused)
        return remaining

    def _note_password(self, secret: Secret) -> None:
        if self.password:
            self.password.wipe()
        self.password = secret

    def _ask_person(self, prompt: Prompt) -> Secret:
        self._asked_somebody = True
        self._questions += 1
        answer = self._ask(prompt)
        if prompt.asker == self._asker:
            self._said.clear()
        return answer

    def _given(self, prompt: Prompt) -> Secret | None:
        """Return the password that was given beforehand, once, and only for what plainly asks for a password."""
        return self._vault.take_given() if is_password(prompt.text) and not prompt.echo else None

    def _try(
        self, attempt: Callable[[], list[str]], left: list[str], method: AuthMethod, what: str
    ) -> list[str]:
        """Return the methods that are left; `_refused` says so if it failed. Raises what `_broken_off` returns."""
        try:
            with self._bounded():
                remaining = attempt()
        except (SSHException, EOFError) as error:
            if not self._transport.is_active() or not isinstance(error, AuthenticationException):
                raise self._broken_off(clean(str(error))) from error
            self._refused = f"{what} was not accepted"
            return error.allowed_types if isinstance(error, BadAuthenticationType) else left
        finally:
            self._listen()
        self._refused = ""
        self._taken.append(what)
        self._methods.add(method)
        self._tell(f"{what} accepted")
        return remaining

    def _broken_off(self, words: str) -> JupystraError:
        """Return why the server ended it, as far as one can tell: it does not say so in words that paramiko keeps."""
        if self._asked_somebody:
            return too_late(self._asker, words)
        if self._refused_keys:
            return AuthError(
                f"{self._asker}: the login node gave up after {_count(self._refused_keys + 1)}",
                "Name the right one: IdentityFile and `IdentitiesOnly yes` for this host in ~/.ssh/config.",
                self._listing(),
            )
        host = self._endpoint.host
        return ConnectError(f"{host} broke off the login", "It may be restarting: try again.", words)

    def _listen(self) -> None:
        """Note the banner: paramiko keeps that of the latest attempt only."""
        said = clip_lines(self._transport.get_banner() or b"", NOTES_LIMIT)
        if said and hash(said) not in self._heard:
            self._heard.add(hash(said))
            self._said = [*self._said, said][-SAID_LIMIT:]

    def _notes(self, *more: str) -> str:
        """Return what stands above a question; what the server said by itself, only until a person has seen it."""
        self._listen()
        parts = [self._refused, *self._said, *(clip_lines(part, NOTES_LIMIT) for part in more)]
        return clip_lines("\n".join(filter(None, parts)), NOTES_LIMIT)

    def _no_way(self, left: list[str]) -> AuthError:
        if self._wrong >= TRIES:
            title = f"{self._asker}: {self._refused} {TRIES} times"
            hint = "Check the user name and the password, then log in again."
        elif set(left) == {"publickey"} or (self._offers.tried and "publickey" in left):
            title, hint = self._no_key()
        elif self._silent:
            title = f"{self._asker} refused to go on, and asked nothing"
            hint = "If your phone asked you, it got no yes; else ask the site's support."
        else:
            title = f"{self._asker} offers no way of logging in that we know ({', '.join(map(clean, left))})"
            hint = "Sites with Kerberos or host-based logins only are out of reach; ask for key or password logins."
        return AuthError(title, hint, self._listing())

    def _listing(self) -> str:
        faults = [fault.why for fault in self._offers.unusable[:LISTED]]
        tried = [*self._offers.tried[:LISTED], *faults]
        return "\n".join(["Tried:", *tried]) if tried else ""

    def _no_key(self) -> tuple[str, str]:
        tried, unusable = self._offers.tried, self._offers.unusable
        if unusable:
            before = "did not accept a key, and" if tried else "wants a key, but"
            return f"{self._asker} {before} {unusable[0].why}", unusable[0].hint
        said = "did not accept a key" if tried else "wants a key, and there is none"
        hint = "Check the user name, and that your public key is in ~/.ssh/authorized_keys on the cluster."
        return f"{self._asker} {said}", hint


def _count(keys: int) -> str:
    return "1 key" if keys == 1 else f"{keys} keys"


def _one_line(answer: Secret) -> Secret:
    """Return an answer up to its first line end or NUL, as OpenSSH has it: sshd hangs up on the rest."""
    return Secret(re.split(r"[\r\n\0]", answer.reveal(), maxsplit=1)[0])


def too_late(asker: str, words: str = "") -> AuthError:
    """Return the error for a server that hung up."""
    hint = "Too many wrong answers, or it waited too long. Try again."
    return AuthError(f"{asker}: the login node closed the connection", hint, words)
