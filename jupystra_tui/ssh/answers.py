"""What ssh asks on its way through one hop: answered from what the session keeps, else by the person."""

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.prompting import Ask, Tell
from jupystra_tui.ssh.questions import is_password, passphrase_of
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret, clean


class HopAnswers:
    """Answers for one ssh process; what was kept is tried once, then the person is asked. `hop` names who asks."""

    def __init__(self, hop: str, ask: Ask, tell: Tell, vault: Vault) -> None:
        self._hop = hop
        self._ask = ask
        self._tell = tell
        self._vault = vault
        self._tried: set[str] = set()

    async def __call__(self, question: Question) -> Secret:
        """Return the answer; raises GivenUp when the person cancels."""
        if question.kind == "none":
            self._tell(clean(question.text))
            return Secret("")
        again = "That was not accepted." if question.text in self._tried else ""
        self._tried.add(question.text)
        if passphrase_of(question.text):
            return await self._passphrase(question.text, again)
        if is_password(question.text):
            return await self._password(again)
        echo = "(yes/no" in question.text or question.kind == "confirm"
        return await self._ask(Prompt("", PromptKind.TEXT, self._hop, question.text.strip(), again, echo))

    async def _passphrase(self, text: str, again: str) -> Secret:
        key = passphrase_of(text)
        assert key
        kept = self._vault.passphrase(key)
        if kept and not again:
            return kept
        prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {key}", again)
        secret = await self._ask(prompt)
        self._vault.keep_passphrase(key, secret)
        return secret

    async def _password(self, again: str) -> Secret:
        return await self._ask(Prompt("", PromptKind.TEXT, self._hop, "Password", again))
