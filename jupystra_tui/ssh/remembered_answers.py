"""The answers of a login that failed, for a second way to log in: nothing is asked twice."""

from typing import Self

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.callbacks import Ask
from jupystra_tui.ssh.prompt_patterns import is_password
from jupystra_tui.text import Secret


class RememberedAnswers:
    """Remembers passwords while it is entered, and wipes them after it; a one-time code is of no use again."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._passwords: dict[str, Secret] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_all()

    def forget_all(self) -> None:
        """Wipe the passwords: one that was not accepted, sent once more, may lock the account."""
        for secret in self._passwords.values():
            secret.wipe()
        self._passwords.clear()

    async def ask(self, prompt: Prompt) -> Secret:
        """Return the user's answer, and remember a password."""
        answer = await self._ask(prompt)
        if _is_password(prompt):
            if old := self._passwords.pop(prompt.asker, None):
                old.wipe()
            self._passwords[prompt.asker] = Secret(answer.reveal())
        return answer

    async def again(self, prompt: Prompt) -> Secret:
        """Return the remembered password, once; else the user's answer."""
        kept = self._passwords.pop(prompt.asker, None) if _is_password(prompt) else None
        return kept or await self._ask(prompt)


def _is_password(prompt: Prompt) -> bool:
    return prompt.kind is PromptKind.TEXT and not prompt.echo and is_password(prompt.text)
