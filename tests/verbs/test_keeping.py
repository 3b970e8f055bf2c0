"""What becomes of an answer typed on a terminal: nothing is kept unless the person says so."""

import pytest

from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.protocol import Answer
from jupystra_tui.text import Secret
from jupystra_tui.verbs.terminal_prompts import ask_text

KEEP = Prompt("7", PromptKind.TEXT, "ada@hpc", "Password: ", keep="keep it in the keychain")
LENT = Prompt(
    "7",
    PromptKind.TEXT,
    "ada@n1",
    "Password",
    offer="use the same password as for the login",
    held="held until you log out",
)


class Typist:
    """A terminal on which lines are typed; what is written there is kept."""

    columns = 80

    def __init__(self, *lines: str) -> None:
        self.written = ""
        self._lines = list(lines)

    def write(self, text: str) -> None:
        self.written += text

    async def line(self, question: str, *, echo: bool) -> str | None:
        self.written += question
        return self._lines.pop(0)


@pytest.mark.parametrize(
    ("prompt", "lines", "answer"),
    [
        (KEEP, ("secret", ""), Answer("7", Secret("secret"))),
        (KEEP, ("secret", "y"), Answer("7", Secret("secret"), keep=True)),
        (LENT, ("",), Answer("7", Secret(""), offered=True)),
        (LENT, ("another",), Answer("7", Secret("another"))),
    ],
)
async def test_enter_keeps_nothing(prompt: Prompt, lines: tuple[str, ...], answer: Answer) -> None:
    given = await ask_text(Typist(*lines), prompt)  # type: ignore[arg-type]
    assert (given.prompt, given.keep, given.offered) == (answer.prompt, answer.keep, answer.offered)
    assert given.answer is not None
    assert answer.answer is not None
    assert given.answer.reveal() == answer.answer.reveal()


async def test_what_is_offered_and_what_is_held_is_said_before_the_question() -> None:
    typist = Typist("x")
    await ask_text(typist, LENT)  # type: ignore[arg-type]
    told, _, _ = typist.written.partition("Your answer to ada@n1: ")
    assert "(press enter alone: use the same password as for the login, this time only)" in told
    assert "(your answer is held until you log out)" in told
