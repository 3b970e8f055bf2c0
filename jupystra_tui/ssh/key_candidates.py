"""The keys of a login in the order to offer them: those of the agent, those in files, last those with a passphrase."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import paramiko
from paramiko.pkey import PublicBlob

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.agent import Agent
from jupystra_tui.ssh.algorithms import allows_key
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.certificates import certificates
from jupystra_tui.ssh.key_files import (
    UNREADABLE,
    KeyFile,
    OfferedKey,
    agent_keys,
    connect_agent,
    key_files,
    passphrase_forbidden,
)
from jupystra_tui.ssh.key_formats import UnusableKey
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

Unlock = Callable[[], OfferedKey | None]


class KeyCandidate(NamedTuple):
    """A key with a `name` to show; `held` is whether an agent holds it, which may ask for a touch or a confirmation.

    `unlock` is there where `key` is only the public half: it asks for the passphrase, and returns the key that signs,
    or None without the right one.
    """

    name: str
    key: OfferedKey
    held: bool = False
    unlock: Unlock | None = None


class KeyCandidates:
    """Yields each key once, those with a passphrase last; blocking.

    A passphrase is asked for by `unlock`, or at once where no public half of the key is known.

    `tried` names the keys that were offered, `unusable` those that could not be.
    """

    def __init__(
        self, endpoint: Endpoint, ask: Callable[[Prompt], Secret], report: Report, vault: Vault
    ) -> None:
        self.tried: list[str] = []
        self.unusable: list[UnusableKey] = []
        self._endpoint = endpoint
        self._ask = ask
        self._report = report
        self._vault = vault
        self._agent: Agent | None = None
        self._opened: dict[Path, paramiko.PKey | None] = {}
        self._certificates = tuple(certificates(endpoint.certificates, endpoint.identities))

    @property
    def agent_lost(self) -> bool:
        """Whether the agent failed during the login: ssh itself would wait for it forever."""
        return bool(self._agent and self._agent.lost)

    def close(self) -> None:
        """Close the connection to the agent, so that nothing waits for its signature. Idempotent."""
        if self._agent:
            self._agent.close()

    def __iter__(self) -> Iterator[KeyCandidate]:
        seen: set[bytes] = set()
        for offer in self._agent_keys():
            yield self._record(offer)
            if not self.agent_lost:
                seen.add(offer.key.shown)
        for offer in self._file_keys(seen):
            if offer.key.shown not in seen:
                yield self._record(offer)

    def _record(self, offer: KeyCandidate) -> KeyCandidate:
        self.tried.append(offer.name)
        return offer

    def _agent_keys(self) -> Iterator[KeyCandidate]:
        agent = self._agent = connect_agent(self._endpoint, self._report)
        for key in agent_keys(self._endpoint, agent) if agent else ():
            for offer in self._variants(f"{key.get_name()} from the agent", key, held=True):
                if not self.agent_lost:
                    yield offer
        if agent and agent.lost:
            self._report(f"{agent.lost}: continuing without it")

    def _file_keys(self, seen: set[bytes]) -> Iterator[KeyCandidate]:
        locked = []
        for file in key_files(self._endpoint, seen):
            try:
                problem, key = file.problem(), file.load()
            except UNREADABLE as error:
                problem = file.problem(error)
            if problem:
                self._report(f"{problem.why}: skipped")
                self.unusable.append(problem)
            elif key:
                yield from self._variants(file.name, key)
            else:
                locked.append(file)
        for file in locked:
            yield from self._locked_key(file)

    def _locked_key(self, file: KeyFile) -> Iterator[KeyCandidate]:
        problem = passphrase_forbidden(file) if self._endpoint.batch else file.unsupported()
        if problem:
            self.unusable.append(problem)
        elif public := file.public_key():
            for offer in self._variants(file.name, public):
                yield offer._replace(unlock=partial(self._unlocked, file, offer.key.public_blob))
        elif opened := self._open(file):
            yield from self._variants(file.name, opened)

    def _unlocked(self, file: KeyFile, certificate: PublicBlob | None) -> OfferedKey | None:
        opened = self._open(file)
        return OfferedKey(opened, certificate) if opened else None

    def _open(self, file: KeyFile) -> paramiko.PKey | None:
        """Return the private key; the user is asked for its passphrase once a login."""
        if file.path not in self._opened:
            try:
                self._opened[file.path] = self._unlock(file)
            except UNREADABLE as error:
                self._opened[file.path] = None
                self.unusable.extend(filter(None, [file.problem(error)]))
        return self._opened[file.path]

    def _variants(self, name: str, key: paramiko.PKey, held: bool = False) -> Iterator[KeyCandidate]:
        """Yield a key with each of its certificates, then without one, as OpenSSH does."""
        allowed = self._endpoint.algorithms
        for certificate in self._certificates:
            if certificate.key == key.asbytes() and allows_key(allowed, certificate.public.key_type):
                yield KeyCandidate(
                    f"{certificate.name} with {name}", OfferedKey(key, certificate.public), held
                )
        if allows_key(allowed, key.get_name()):
            yield KeyCandidate(name, OfferedKey(key), held)

    def _unlock(self, file: KeyFile) -> paramiko.PKey | None:
        kept = self._vault.passphrase(file.path)
        key = file.load(kept.reveal()) if kept else None
        if key:
            return key
        again = ""
        for _ in range(self._endpoint.answers):
            prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {file.path}", again)
            passphrase = self._ask(prompt)
            key = file.load(passphrase.reveal())
            if key:
                self._vault.keep_passphrase(file.path, passphrase)
                return key
            again = "That passphrase does not open the key."
        self.tried.append(f"{file.name}: no correct passphrase was given")
        return None
