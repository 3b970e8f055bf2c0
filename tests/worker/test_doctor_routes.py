"""The findings of doctor for a node whose host key is new or has changed, or that prompts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ssh.node_errors import NodeKeyChanged
from jupystra_tui.worker.doctor import routes

KEY = Prompt(
    "", PromptKind.HOST_KEY, "n1", "Is this its key?", host_key=HostKey("n1", "ssh-ed25519", "SHA256:x")
)
PASSWORD = Prompt("", PromptKind.TEXT, "ada@n1", "Password: is not known yet")


def context(folder: Path) -> Any:
    async def own_node() -> str:
        return "n1"

    async def read_identification(node: str) -> str:
        return "SSH-2.0-OpenSSH_9.2"

    endpoint = SimpleNamespace(place="hpc", user="ada")
    return SimpleNamespace(
        own_node=own_node,
        read_identification=read_identification,
        open_nodes=frozenset(),
        session=SimpleNamespace(tell=None),
        connection=SimpleNamespace(endpoint=endpoint),
        folders=SimpleNamespace(state=folder, runtime=folder),
    )


@pytest.mark.parametrize(
    ("prompt", "said"),
    [(KEY, "the host key of n1 is not known yet"), (PASSWORD, "n1 prompts at the login: Password")],
)
async def test_a_check_shows_no_prompt_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prompt: Prompt, said: str
) -> None:
    async def ensure_host_key(connection: Any, node: str, name: str, files: Any, ask: Any) -> None:
        await ask(prompt)

    monkeypatch.setattr(routes, "ensure_host_key", ensure_host_key)
    assert (await routes.node_login(context(tmp_path))).seen.startswith(said)


async def test_a_changed_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ensure_host_key(*_: Any) -> None:
        raise NodeKeyChanged("The compute node shows another host key than before")

    monkeypatch.setattr(routes, "ensure_host_key", ensure_host_key)
    found = await routes.node_login(context(tmp_path))
    assert "another host key" in found.seen
    assert "reinstalled" in found.next_step
