"""Answers the questions of ssh about one hop: from what the session keeps, otherwise by the user."""

from collections import Counter
from pathlib import Path

from jupystra_tui.errors import AuthError, GivenUp
from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.callbacks import LAPTOP, Ask, Report
from jupystra_tui.ssh.host_keys import confirm_host_key
from jupystra_tui.ssh.key_files import passphrase_opens
from jupystra_tui.ssh.prompt_patterns import asker_of, host_key_of, is_password, passphrase_of
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean, clip_lines

TRIES = 3
TEXT_LIMIT = 4000
SAID_LIMIT, REPORTED_LINES, STEP_LIMIT = 20, 3, 200
WRONG = "That was not accepted."
ALWAYS_SAVED = "OpenSSH asks this: if you trust the key, it is added to your known_hosts."


class AskpassAnswers:
    """Answers for one ssh process, or for the chain of them behind a ProxyJump; `hop` names who asks.

    An answer is kept only once it is known to be right: a passphrase that opened its key, or an answer that the hop
    accepted. `asked` is whether the hop was sent an answer.
    """

    def __init__(self, hop: str, ask: Ask, report: Report, vault: Vault) -> None:
        self.asked = False
        self._over = False
        self._hop = hop
        self._ask = ask
        self._report = report
        self._vault = vault
        self._said: list[str] = []
        self._times: Counter[tuple[str, str]] = Counter()
        self._answered: set[str] = set()
        self._given: dict[Path, Secret] = {}

    async def __call__(self, question: Question) -> Secret:
        """Return the answer; raises GivenUp when the user cancels, AuthError once three answers were wrong."""
        if question.kind == "none":
            self._report(clean(question.text))
            return await self._ask(Prompt("", PromptKind.NOTE, LAPTOP, clean(question.text)))
        again = WRONG if question.text in self._answered else ""
        if key := passphrase_of(question.text):
            return await self._passphrase(key, question.text, again)
        if host_key := host_key_of(question.text):
            return await self._host_key(host_key)
        asker, text = self._asker(question.text), clip_lines(self._shown(question.text), TEXT_LIMIT)
        if question.kind == "confirm":
            return await self._ask(Prompt("", PromptKind.TEXT, asker, text, again, echo=True))
        self._count(question.text)
        if is_password(question.text):
            return await self._password(question.text, again)
        return await self._ask(Prompt("", PromptKind.TEXT, asker, text, self._notes(again)))

    def add_stderr(self, lines: str) -> None:
        """Report ssh's messages before it is authenticated, such as a banner, and keep them for the next prompt."""
        if self._over:
            return
        messages = [line.rstrip() for line in lines.splitlines() if line.strip()]
        self._said = [*self._said, *messages][-SAID_LIMIT:]
        for line in messages[-REPORTED_LINES:]:
            self._report(clean(line, STEP_LIMIT).strip())

    def accepted(self) -> None:
        """Keep the passphrases that could not be tried on their keys: the hop accepted the login."""
        for key, secret in self._given.items():
            self._vault.keep_passphrase(key, secret)
        self._given.clear()
        self.closed()

    def closed(self) -> None:
        """Ignore further messages. Idempotent."""
        self._over = True

    def _asker(self, text: str) -> str:
        return self._hop

    def _shown(self, text: str) -> str:
        return text

    def _count(self, text: str) -> None:
        """Count an answer; raises AuthError when three answers to the same question were wrong.

        A hop may ask for the password by several methods, with different texts: it counts as one question.
        """
        asker = self._asker(text)
        question = asker, "password" if is_password(text) else text
        if self._times[question] == TRIES:
            raise AuthError(
                f"{asker}: the answer was not accepted {TRIES} times",
                "Check the user name and the password, then try again.",
            )
        self._times[question] += 1
        self._answered.add(text)
        self.asked = True

    def _notes(self, again: str) -> str:
        """Return what is shown above a server's question: that the last answer was rejected, and messages since."""
        said, self._said = self._said, []
        return clip_lines("\n".join(filter(None, [again, *said])), TEXT_LIMIT)

    async def _host_key(self, key: HostKey) -> Secret:
        if await confirm_host_key(self._ask, key, ALWAYS_SAVED) != "trust":
            raise GivenUp(
                f"The key of {key.host} cannot be trusted for this session only", "Nothing was sent."
            )
        return Secret("yes")

    async def _passphrase(self, key: Path, question: str, again: str) -> Secret:
        kept = self._vault.passphrase(key)
        if kept and not again and await in_thread(passphrase_opens, key, kept) is not False:
            return kept
        self._answered.add(question)
        secret = await self._ask(Prompt("", PromptKind.TEXT, LAPTOP, f"Passphrase for the key {key}", again))
        right = await in_thread(passphrase_opens, key, secret)
        if right:
            self._vault.keep_passphrase(key, secret)
            self._answered.discard(question)  # another hop of the chain may ask for the same key
        elif right is None:
            self._given[key] = secret
        return secret

    async def _password(self, text: str, again: str) -> Secret:
        return await self._ask(Prompt("", PromptKind.TEXT, self._asker(text), "Password", self._notes(again)))


class JumpHostAnswers(AskpassAnswers):
    """Answers before that to a login node: ssh itself names the bastion that asks."""

    def _asker(self, text: str) -> str:
        return asker_of(text) or self._hop
