"""Answers the questions of an OpenSSH master about the login node, and about the jump hosts before it."""

import re

from jupystra_tui.model import HostKey, Prompt
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.callbacks import LAPTOP, Ask, Report
from jupystra_tui.ssh.host_key_check import ask_about_key
from jupystra_tui.ssh.prompt_patterns import asker_of
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

_PIN = re.compile(r"Enter PIN (?:(?:and confirm user presence )?for \S+ key .*|for '.*'): ?")
_KEY_TYPES = {"ED25519": "ssh-ed25519", "RSA": "ssh-rsa"}


class MasterAnswers(AskpassAnswers):
    """Answers for one login by OpenSSH. `count` is how many prompts the user got.

    `password` is a copy of the latest password for the login node: the right one once the login is accepted.
    `save_key` is whether the user trusts the login node's key permanently, None if they were not asked.
    """

    def __init__(self, endpoint: Endpoint, ask: Ask, report: Report, vault: Vault, trusted: set[str]) -> None:
        super().__init__(f"{endpoint.user}@{endpoint.alias}", self._ask_user, report, vault)
        self.count = 0
        self.password: Secret | None = None
        self.save_key: bool | None = None
        self._endpoint = endpoint
        self._user = ask
        self._trusted = trusted
        names = {
            endpoint.host,
            endpoint.alias,
            endpoint.known_as,
            endpoint.settings.get("hostkeyalias", [""])[0],
        }
        self._ours = {f"{endpoint.user}@{name}" for name in names}

    async def _ask_user(self, prompt: Prompt) -> Secret:
        self.count += 1
        return await self._user(prompt)

    def _asker(self, text: str) -> str:
        """Return who asks: OpenSSH itself puts the name before a server's question.

        Without a name it may be the program of a ProxyCommand: no answer for the login node is for it.
        """
        if _PIN.fullmatch(text):
            return LAPTOP
        named = asker_of(text)
        if named in self._ours:
            return self._hop
        return named or (f"jump host of {self._endpoint.alias}" if self._endpoint.proxy else self._hop)

    def _shown(self, text: str) -> str:
        """Return a question of the login node without its name, which is shown beside it."""
        named = asker_of(text)
        return text.removeprefix(f"({named}) ") if named in self._ours else text

    async def _host_key(self, key: HostKey) -> Secret:
        if key.host != self._endpoint.known_as:
            return await super()._host_key(key)
        if key.fingerprint not in self._trusted:
            type_ = _KEY_TYPES.get(key.type, key.type)
            self.save_key = await ask_about_key(self._endpoint, type_, key.fingerprint, self._ask) == "trust"
            self._trusted.add(key.fingerprint)
        elif self.save_key is None:
            self.save_key = False
        return Secret("yes")

    async def _password(self, text: str, again: str) -> Secret:
        if self._asker(text) != self._hop:
            return await super()._password(text, again)
        answer = self._vault.take_given() or await super()._password(text, again)
        if self.password:
            self.password.wipe()
        self.password = Secret(answer.reveal())
        return answer
