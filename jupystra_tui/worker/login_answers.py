"""Answers the prompts of one login: from the keychain where that is allowed, else from the user."""

from collections.abc import Awaitable, Callable

import msgspec

from jupystra_tui.model import Cluster, Prompt, PromptKind
from jupystra_tui.ssh.callbacks import LAPTOP
from jupystra_tui.ssh.prompt_patterns import is_new_password, is_password
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.text import Secret
from jupystra_tui.worker import keychain
from jupystra_tui.worker.open_prompts import Unattended, UserAnswer


class LoginAnswers:
    """Answers the questions of one attempt. `attended` is whether the user may be asked.

    `needs_person` is whether another attempt would need the user again.
    """

    def __init__(
        self,
        cluster: Cluster,
        user: str,
        attended: bool,
        ask_person: Callable[[Prompt], Awaitable[UserAnswer]],
    ) -> None:
        self.needs_person = False
        self._cluster = cluster
        self._account = f"{user}@{cluster.host}"
        self._attended = attended
        self._ask_person = ask_person
        self._keychain_tried = self._in_keychain = False
        self._to_keep: Secret | None = None

    async def __call__(self, prompt: Prompt) -> Secret:
        """Return the answer; raises GivenUp, Unattended."""
        ours = prompt.asker == self._account  # a bastion's password is another one
        if self._cluster.keychain and ours and not prompt.echo:
            if is_password(prompt.text):
                return await self._keychain_password(prompt)
            if is_new_password(prompt.text):
                return await self._new_password(prompt)
        return (await self._from_person(prompt)).secret

    async def accepted(self) -> None:
        """The login worked: put the password into the keychain where the user wished that."""
        if self._to_keep:
            await in_thread(keychain.write, self._account, self._to_keep)
            self._to_keep.wipe()

    async def _from_person(self, prompt: Prompt) -> UserAnswer:
        if not self._attended:
            raise Unattended()
        self.needs_person |= not _kept(prompt)
        return await self._ask_person(prompt)

    async def _keychain_password(self, prompt: Prompt) -> Secret:
        """Return the password that the keychain holds, once a login; else the user's, to be kept if they wish."""
        kept = None if self._keychain_tried else await in_thread(keychain.read, self._account)
        self._keychain_tried = True
        self._in_keychain |= bool(kept)
        if kept:
            return kept
        given = await self._from_person(msgspec.structs.replace(prompt, keep=keychain.KEEP))
        self._keep(given.secret if given.keep else None)
        return given.secret

    async def _new_password(self, prompt: Prompt) -> Secret:
        """Return a new password from the user, which the keychain gets if it has, or is to have, the old one."""
        given = await self._from_person(prompt)
        if self._in_keychain or self._to_keep:
            self._keep(given.secret)
        return given.secret

    def _keep(self, secret: Secret | None) -> None:
        if self._to_keep:
            self._to_keep.wipe()
        self._to_keep = Secret(secret.reveal()) if secret else None


def _kept(prompt: Prompt) -> bool:
    """Return whether the answer spares the question from now on: a host's key, or the passphrase that opens one."""
    return prompt.kind is PromptKind.HOST_KEY or (prompt.kind is PromptKind.TEXT and prompt.asker == LAPTOP)
