"""What a session needs to authenticate: passwords in memory, the ssh-agent, and the user who is prompted."""

import asyncio
from collections import defaultdict

import msgspec

from jupystra_tui.model import Prompt
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret
from jupystra_tui.worker.open_prompts import OpenPrompts, UserAnswer


class Credentials:
    """The credentials of one cluster's session; `agent` is the socket of an ssh-agent, empty for none.

    `locks` has a lock for each prompt that several tunnels may need at once: one shows it, the others wait.
    """

    def __init__(self, cluster: str, prompts: OpenPrompts) -> None:
        self.agent = ""
        self.vault = Vault()
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._cluster = cluster
        self._prompts = prompts

    async def ask(self, prompt: Prompt) -> Secret:
        """Return the user's answer, never one from a keychain; raises GivenUp."""
        return (await self.ask_user(prompt)).secret

    async def ask_user(self, prompt: Prompt) -> UserAnswer:
        """Return the user's answer and what may be done with it; raises GivenUp."""
        return await self._prompts.ask(msgspec.structs.replace(prompt, cluster=self._cluster))
