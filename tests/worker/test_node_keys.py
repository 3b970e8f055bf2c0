"""Two tunnels to a node that nobody knows show its key once."""

import asyncio
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Prompt
from jupystra_tui.ssh import node_host_keys
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.shell import CommandResult
from jupystra_tui.text import Secret
from jupystra_tui.worker import node_route

from ..ssh.test_host_keys import make_key


class Person:
    """A session with a person at it, who trusts each key that they are shown."""

    def __init__(self) -> None:
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.cluster = SimpleNamespace(route="node")
        self.vault = None
        self.credentials = self
        self.shown = SimpleNamespace(user="ada")
        self.tell = print
        self.prompts: list[Prompt] = []

    async def connection(self) -> Any:
        return SimpleNamespace(endpoint=SimpleNamespace(place="hpc", user="ada"), run=self._run)

    async def _run(self, script: str) -> CommandResult:
        return CommandResult(0, b"", b"")

    async def ask(self, prompt: Prompt) -> Secret:
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        return Secret("trust")


async def test_two_tunnels_to_a_node_that_nobody_knows_show_its_key_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_further(*args: object) -> None:
        raise TunnelError("known, and no further")

    key = make_key(tmp_path, "key")
    monkeypatch.setattr(node_host_keys, "_show", lambda connection, node: key)
    monkeypatch.setattr(node_route, "open_tunnel", no_further)
    person: Any = Person()
    folders = Folders(tmp_path, tmp_path)
    connection: Any = await person.connection()
    ways = (node_route.start_route(person, connection, "n1", 0, folders, True) for _ in range(2))
    for error in await asyncio.gather(*ways, return_exceptions=True):
        assert isinstance(error, TunnelError)
        assert "no further" in error.title
    assert [prompt.asker for prompt in person.prompts] == ["n1"]
