"""The keys of a login in the order to offer them: those of the agent, those in files, last those with a passphrase."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import paramiko

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.agent import Agent
from jupystra_tui.ssh.callbacks import Report
from jupystra_tui.ssh.certificates import certificates
from jupystra_tui.ssh.key_files import (
    UNREADABLE,
    KeyFile,
    OfferedKey,
    UnusableKey,
    agent_keys,
    connect_agent,
    key_files,
)
from jupystra_tui.ssh.resolve import Endpoint
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

TRIES = 3


class KeyCandidate(NamedTuple):
    """A key with a `name` to show; `held` is whether an agent holds it, which may ask for a touch or a confirmation."""

    name: str
    key: OfferedKey
    held: bool = False


class KeyCandidates:
    """Yields each key once, and asks for a passphrase only when no other key is left; blocking.

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
            opened = self._unlock(file)
            if opened:
                yield from self._variants(file.name, opened)

    def _variants(self, name: str, key: paramiko.PKey, held: bool = False) -> Iterator[KeyCandidate]:
        """Yield a key with each of its certificates, then without one, as OpenSSH does."""
        for certificate in self._certificates:
            if certificate.key == key.asbytes():
                yield KeyCandidate(
                    f"{certificate.name} with {name}", OfferedKey(key, certificate.public), held
                )
        yield KeyCandidate(name, OfferedKey(key), held)

    def _unlock(self, file: KeyFile) -> paramiko.PKey | None:
        kept = self._vault.passphrase(file.path)
        key = file.load(kept.reveal()) if kept else None
        if key:
            return key
        again = ""
        for _ in range(TRIES):
            prompt = Prompt("", PromptKind.TEXT, "this laptop", f"Passphrase for the key {file.path}", again)
            passphrase = self._ask(prompt)
            key = file.load(passphrase.reveal())
            if key:
                self._vault.keep_passphrase(file.path, passphrase)
                return key
            again = "That passphrase does not open the key."
        self.tried.append(f"{file.name}: no correct passphrase was given")
        return None
