"""The key of a bastion, which OpenSSH keeps or does not: it cannot be trusted for once only."""

import pytest

from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.verbs import terminal_prompts

from .dialogs import answer

KEY = HostKey("bastion", "ED25519", "SHA256:Zq3Vg0JH9v2y2JQ5b5Y1X3nq2k8YtFh1lJ8b0n0v1aE", once=False)
PROMPT = Prompt("p1", PromptKind.HOST_KEY, "bastion", "Is this its key?", host_key=KEY)


class Typed:
    """A terminal on which these lines are typed."""

    def __init__(self, *lines: str) -> None:
        self.text = ""
        self._lines = list(lines)

    def write(self, text: str) -> None:
        self.text += text

    async def line(self, question: str, *, echo: bool) -> str:
        self.text += question
        return self._lines.pop(0)


@pytest.mark.parametrize(
    ("keys", "expected"), [(("down", "enter"), "trust"), (("t", "enter"), "trust"), (("enter",), "no")]
)
async def test_the_dialog_offers_two_answers(keys: tuple[str, ...], expected: str) -> None:
    assert await answer(HostKeyDialog(PROMPT), *keys) == expected


async def test_the_terminal_offers_two_answers() -> None:
    terminal = Typed("once", "o", "trust")
    given = await terminal_prompts._ask_host_key(terminal, PROMPT)  # type: ignore[arg-type]
    assert given.answer
    assert given.answer.reveal() == "trust"
    assert terminal.text.count("[n]o or [t]rust: ") == 3
