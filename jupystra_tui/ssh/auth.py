"""The ladder of a login: agent and keys, keyboard-interactive, password, as far as the server wants it climbed."""

import re
from collections.abc import Callable, Iterator

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType, SSHException

from jupystra_tui.errors import AuthError, ConnectError
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.agent import Agent
from jupystra_tui.ssh.door import Door
from jupystra_tui.ssh.keys import (
    SECURITY_KEY,
    UNREADABLE,
    KeyFile,
    Unusable,
    Willing,
    agent_keys,
    agent_of,
    key_files,
)
from jupystra_tui.ssh.prompting import Tell
from jupystra_tui.ssh.questions import is_password
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean, clip_lines

TRIES = 3
PERSON_SECONDS = 900.0
NOTES_LIMIT = 8000
TEXT_LIMIT = 4000
SAID_LIMIT = LISTED = 20


class Ladder:
    """One login on one connected Transport; blocking, for a thread of its own.

    `ask` blocks until a person answered, and raises GivenUp when they cancel: then nothing more is sent. `password` is
    the latest that was answered: the right one, once `climb` has returned.
    """

    def __init__(
        self,
        transport: paramiko.Transport,
        endpoint: Endpoint,
        ask: Callable[[Prompt], Secret],
        tell: Tell,
        vault: Vault,
    ) -> None:
        self._transport = transport
        self._endpoint = endpoint
        self._ask = ask
        self._tell = tell
        self._vault = vault
        self._asker = f"{endpoint.user}@{endpoint.alias}"
        self._agent: Agent | None = None
        self.password: Secret | None = None
        self._tried: list[str] = []
        self._unusable: list[Unusable] = []
        self._refused = ""
        self._wrong = 0
        self._said: list[str] = []
        self._heard: set[int] = set()
        self._asked_somebody = False
        self._ways: list[str] = []
        self._taken: list[str] = []
        self._questions = 0

    @property
    def agent_lost(self) -> bool:
        """Whether the agent failed on the way: ssh itself would wait for it for ever."""
        return bool(self._agent and self._agent.lost)

    @property
    def door(self) -> Door:
        """The login node as it showed itself."""
        key = self._transport.get_remote_server_key()
        return Door(
            clean(self._transport.remote_version),
            key.get_name(),
            key.get_base64(),
            tuple(map(clean, self._ways)),
            tuple(self._taken),
            self._questions,
        )

    def close(self) -> None:
        """Let the agent go, so that nothing waits for its signature; again without harm."""
        if self._agent:
            self._agent.close()

    def climb(self) -> None:
        """Log in; raises AuthError when no way is left, GivenUp when the person cancels, SSHException, EOFError."""
        self._transport.auth_timeout = PERSON_SECONDS
        left = self._ways = self._first_methods()
        keys = self._keys()
        while left:
            key = next(keys, None) if "publickey" in left else None
            if key:
                left = self._offer_key(*key, left)
            elif "keyboard-interactive" in left and self._wrong < TRIES:
                left = self._interact(left)
            elif "password" in left and self._wrong < TRIES:
                left = self._password(left)
            else:
                raise self._no_way(left)

    def _first_methods(self) -> list[str]:
        try:
            return self._transport.auth_none(self._endpoint.user)
        except BadAuthenticationType as error:
            return error.allowed_types
        finally:
            self._listen()

    def _keys(self) -> Iterator[tuple[str, paramiko.PKey]]:
        offered = []
        for key in self._agent_keys():
            yield f"{key.get_name()} from the agent", key
            if not self.agent_lost:
                offered.append(key)
        locked = []
        for file in key_files(self._endpoint, tuple(offered)):
            try:
                fault, plain = file.fault(), file.load()
            except UNREADABLE as error:
                fault = file.fault(error)
            if fault:
                self._tell(f"{fault.why}: it is passed over")
                self._unusable.append(fault)
            elif plain:
                yield file.name, plain
            else:
                locked.append(file)
        for file in locked:
            opened = self._unlock(file)
            if opened:
                yield file.name, opened

    def _agent_keys(self) -> Iterator[paramiko.PKey]:
        agent = self._agent = agent_of(self._endpoint, self._tell)
        for key in agent_keys(self._endpoint, agent) if agent else ():
            if agent and not agent.lost:
                yield key
        if agent and agent.lost:
            self._tell(f"{agent.lost}: going on without it")

    def _unlock(self, file: KeyFile) -> paramiko.PKey | None:
        kept = self._vault.passphrase(file.path)
        key = file.load(kept.reveal()) if kept else None
        if key:
            return key
        again = ""
        for _ in range(TRIES):
            prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {file.path}", again)
            passphrase = self._ask_person(prompt)
            key = file.load(passphrase.reveal())
            if key:
                self._vault.keep_passphrase(file.path, passphrase)
                return key
            again = "That passphrase does not open the key."
        self._tried.append(f"{file.name}: its passphrase was not given")
        return None

    def _offer_key(self, name: str, key: paramiko.PKey, left: list[str]) -> list[str]:
        touch = ": touch it when it blinks" if SECURITY_KEY in name[:3] else ""
        self._tell(f"key {name} offered{touch}")
        self._tried.append(name)
        offered = Willing(key)
        return self._try(
            lambda: self._transport.auth_publickey(self._endpoint.user, offered), left, f"key {name}"
        )

    def _interact(self, left: list[str]) -> list[str]:
        self._tell("the login node asks")
        return self._answered(
            lambda: self._transport.auth_interactive(self._endpoint.user, self._answers), left, "the answer"
        )

    def _answers(self, title: str, instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        notes = self._notes(title, instructions)
        if not prompts and notes:
            self._tell(clean(notes.splitlines()[-1], 200))
        answers = []
        for text, echo in prompts:
            question = clip_lines(text, TEXT_LIMIT)
            prompt = Prompt("", PromptKind.TEXT, self._asker, question, notes, echo)
            answer = self._given(prompt) or _one_line(self._ask_person(prompt))
            if is_password(prompt.text) and not echo:
                self._note_password(answer)
            answers.append(answer.reveal())
        return answers

    def _password(self, left: list[str]) -> list[str]:
        prompt = Prompt("", PromptKind.TEXT, self._asker, "Password", self._notes())
        secret = self._given(prompt) or _one_line(self._ask_person(prompt))
        self._note_password(secret)
        return self._answered(
            lambda: self._transport.auth_password(self._endpoint.user, secret.reveal(), fallback=False),
            left,
            "the password",
        )

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

    def _answered(self, attempt: Callable[[], list[str]], left: list[str], what: str) -> list[str]:
        """Try what a person answered: three wrong ones are the end, whatever the method."""
        remaining = self._try(attempt, left, what)
        self._wrong += bool(self._refused)
        return remaining

    def _try(self, attempt: Callable[[], list[str]], left: list[str], what: str) -> list[str]:
        try:
            remaining = attempt()
        except BadAuthenticationType as error:
            self._refused = ""
            return error.allowed_types
        except (SSHException, EOFError) as error:
            if self._transport.is_active() and isinstance(error, AuthenticationException):
                self._refused = f"{what} was not accepted"
                return left
            if not self._asked_somebody:
                raise ConnectError(
                    f"{self._endpoint.host} broke off the login",
                    "It may be restarting: try again.",
                    clean(str(error)),
                ) from error
            raise too_late(self._asker, clean(str(error))) from error
        finally:
            self._listen()
        self._refused = ""
        self._taken.append(what)
        self._tell(f"{what} accepted")
        return remaining

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
        tried = [*self._tried[:LISTED], *(fault.why for fault in self._unusable[:LISTED])]
        if set(left) == {"publickey"} or (tried and "publickey" in left):
            title, hint = self._no_key()
        elif self._refused:
            title = f"{self._asker}: {self._refused} {TRIES} times"
            hint = "Check the user name and the password, then log in again."
        else:
            title = f"{self._asker} offers no way of logging in that we know ({', '.join(map(clean, left))})"
            hint = "Sites with Kerberos or host-based logins only are out of reach; ask for key or password logins."
        return AuthError(title, hint, "\n".join(["Tried:", *tried]) if tried else "")

    def _no_key(self) -> tuple[str, str]:
        if self._unusable:
            fault = self._unusable[0]
            before = "did not accept a key, and" if self._tried else "wants a key, but"
            return f"{self._asker} {before} {fault.why}", fault.hint
        said = "did not accept a key" if self._tried else "wants a key, and there is none"
        hint = "Check the user name, and that your public key is in ~/.ssh/authorized_keys on the cluster."
        return f"{self._asker} {said}", hint


def _one_line(answer: Secret) -> Secret:
    """Return an answer up to its first line end or NUL, as OpenSSH has it: sshd hangs up on the rest."""
    return Secret(re.split(r"[\r\n\0]", answer.reveal(), maxsplit=1)[0])


def too_late(asker: str, words: str = "") -> AuthError:
    """Return the error for a server that hung up."""
    hint = "Too many wrong answers, or it waited too long. Try again."
    return AuthError(f"{asker}: the login node closed the connection", hint, words)
