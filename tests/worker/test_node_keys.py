"""Two tunnels to a node that nobody knows show its key once."""

import asyncio
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import TunnelError
from jupystra_tui.model import Prompt, Tunnel, TunnelState
from jupystra_tui.ssh import nodekeys
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.shell import Result
from jupystra_tui.text import Secret
from jupystra_tui.worker.live import LiveTunnel

from ..ssh.test_hostkeys import make_key


class Person:
    """A session with a person at it, who trusts each key that they are shown."""

    def __init__(self) -> None:
        self.asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.cluster = SimpleNamespace(route="node")
        self.prompts: list[Prompt] = []

    async def connection(self) -> Any:
        return SimpleNamespace(endpoint=SimpleNamespace(place="hpc"), run=self._run)

    async def _run(self, script: str) -> Result:
        return Result(0, b"", b"")

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
    monkeypatch.setattr(nodekeys, "_show", lambda connection, node: key)
    monkeypatch.setattr(LiveTunnel, "_direct", no_further)
    person: Any = Person()
    shown = Tunnel("1", "hpc", "42", "jupyter", "n1", TunnelState.OPENING)
    folders = Folders(tmp_path, tmp_path)
    tunnels = [LiveTunnel(person, shown, folders, 0, 0, True, lambda: None) for _ in range(2)]
    for tunnel in tunnels:
        with pytest.raises(TunnelError, match="no further"):
            await tunnel._opened()
    assert [prompt.asker for prompt in person.prompts] == ["n1"]
