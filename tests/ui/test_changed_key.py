"""A compute node's changed key: both fingerprints are shown, and nothing but `trust` accepts the new one."""

import pytest

from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.verbs import terminal_prompts

from .dialogs import answer
from .test_bastion_key import Typed

KEY = HostKey("n1", "ssh-ed25519", "SHA256:new", once=False, replaces="ssh-ed25519 SHA256:old")
PROMPT = Prompt("p1", PromptKind.HOST_KEY, "n1", "The login node's own list has the new key.", host_key=KEY)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(("t", "enter"), "trust"), (("enter",), "no"), (("escape",), "no"), (("o", "enter"), "no")],
)
async def test_the_dialog_accepts_it_by_trust_alone(keys: tuple[str, ...], expected: str) -> None:
    assert await answer(HostKeyDialog(PROMPT), *keys) == expected


async def test_the_terminal_shows_both_fingerprints() -> None:
    terminal = Typed("o", "t")
    given = await terminal_prompts._ask_host_key(terminal, PROMPT)  # type: ignore[arg-type]
    assert given.answer
    assert given.answer.reveal() == "trust"
    assert "SHA256:new\nbefore:\n  ssh-ed25519 SHA256:old\n" in terminal.text
    assert "probably reinstalled" in terminal.text
    assert terminal_prompts._UNKNOWN not in terminal.text
