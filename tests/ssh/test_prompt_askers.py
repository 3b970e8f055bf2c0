"""A dialog names who asks, and what it said before."""

from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError
from jupystra_tui.model import Prompt, PromptKind
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret

from .servers import asked, serving
from .test_login_refusals import RIGHT, Refusing


async def test_the_login_node_is_who_asks_for_its_password(laptop: Path) -> None:
    with serving(Refusing("password")) as port:
        prompts, _ = await asked(port, laptop, RIGHT)
    [prompt] = prompts
    assert (prompt.kind, prompt.asker, prompt.text) == (PromptKind.TEXT, "ada@hpc", "Password")


async def test_a_password_is_not_tried_in_another_way_than_it_was_asked_for(laptop: Path) -> None:
    server = Refusing("password,keyboard-interactive")
    with serving(server) as port, pytest.raises(AuthError):
        await asked(port, laptop, "wrong")
    assert server.asked_for == ["keyboard-interactive", "password", "password", "password"]


def hop(*answers: str) -> tuple[AskpassAnswers, list[Prompt]]:
    prompts: list[Prompt] = []
    left = list(answers)

    async def ask(prompt: Prompt) -> Secret:
        prompts.append(prompt)
        return Secret(left.pop(0))

    return AskpassAnswers("ada@n1", ask, lambda step: None, Vault()), prompts


async def test_a_hop_is_who_asks_and_what_it_said_stands_above_its_question() -> None:
    answers, prompts = hop("1", "2")
    answers.add_stderr("A code was sent to your telephone.\n")
    await answers(Question("", "Code: "))
    await answers(Question("", "Code: "))
    [first, again] = prompts
    assert (first.kind, first.asker, first.text) == (PromptKind.TEXT, "ada@n1", "Code:")
    assert first.notes == "A code was sent to your telephone."
    assert again.notes == "That was not accepted."
    assert answers.asked


async def test_a_yes_is_asked_for_in_the_open_and_a_code_is_not() -> None:
    answers, prompts = hop("yes", "123")
    await answers(Question("confirm", "Allow use of key?"))
    await answers(Question("", "Code: "))
    assert [prompt.echo for prompt in prompts] == [True, False]


async def test_what_a_hop_says_once_it_is_closed_is_not_told() -> None:
    told: list[str] = []

    async def ask(prompt: Prompt) -> Secret:
        raise AssertionError(prompt)

    answers = AskpassAnswers("ada@n1", ask, told.append, Vault())
    answers.add_stderr("before\n")
    answers.closed()
    answers.add_stderr("after\n")
    assert told == ["before"]
