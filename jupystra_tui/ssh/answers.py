"""What ssh asks on its way through one hop: answered from what the session keeps, else by the person."""

from pathlib import Path

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.keys import opens
from jupystra_tui.ssh.prompting import Ask, Tell
from jupystra_tui.ssh.questions import asker_of, is_password, passphrase_of
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean, clip_lines

TEXT_LIMIT = 4000
WRONG = "That was not accepted."


class HopAnswers:
    """Answers for one ssh process, or for the chain of them behind a ProxyJump; `hop` names who asks.

    Nothing is kept before it is known to be right: a passphrase that opened its key, or what let us in.
    """

    def __init__(self, hop: str, ask: Ask, tell: Tell, vault: Vault) -> None:
        self._hop = hop
        self._ask = ask
        self._tell = tell
        self._vault = vault
        self._answered: set[str] = set()
        self._given: dict[Path, Secret] = {}

    async def __call__(self, question: Question) -> Secret:
        """Return the answer; raises GivenUp when the person cancels."""
        if question.kind == "none":
            self._tell(clean(question.text))
            return await self._ask(Prompt("", PromptKind.NOTE, "this laptop", clean(question.text)))
        again = WRONG if question.text in self._answered else ""
        if key := passphrase_of(question.text):
            return await self._passphrase(key, question.text, again)
        self._answered.add(question.text)
        if is_password(question.text):
            return await self._password(question.text, again)
        echo = "(yes/no" in question.text or question.kind == "confirm"
        text = clip_lines(question.text, TEXT_LIMIT)
        return await self._ask(Prompt("", PromptKind.TEXT, self._asker(text), text, again, echo))

    def accepted(self) -> None:
        """The hop let us in: keep the passphrases that could not be tried on their keys."""
        for key, secret in self._given.items():
            self._vault.keep_passphrase(key, secret)
        self._given.clear()

    def _asker(self, text: str) -> str:
        return self._hop

    async def _passphrase(self, key: Path, question: str, again: str) -> Secret:
        kept = self._vault.passphrase(key)
        if kept and not again and await in_thread(opens, key, kept) is not False:
            return kept
        self._answered.add(question)
        prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {key}", again)
        secret = await self._ask(prompt)
        right = await in_thread(opens, key, secret)
        if right:
            self._vault.keep_passphrase(key, secret)
            self._answered.discard(question)  # another hop of the chain may ask for the same key
        elif right is None:
            self._given[key] = secret
        return secret

    async def _password(self, text: str, again: str) -> Secret:
        return await self._ask(Prompt("", PromptKind.TEXT, self._asker(text), "Password", again))


class WayAnswers(HopAnswers):
    """Answers on the way to a login node: ssh itself names the bastion that asks."""

    def _asker(self, text: str) -> str:
        return asker_of(text) or self._hop
