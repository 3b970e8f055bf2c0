"""A node's password is kept when the node has taken it, and not before."""

from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import GivenUp
from jupystra_tui.model import Prompt
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret
from jupystra_tui.worker.nodes import NodeAnswers
from jupystra_tui.worker.prompts import Given

PASSWORD = Question("", "ada@n1's password: ")


class Person:
    """Stands in for the session: gives these answers, and fails a question too many."""

    def __init__(self, *answers: Given | None) -> None:
        self.shown = SimpleNamespace(user="ada")
        self.vault = Vault()
        self.prompts: list[Prompt] = []
        self._answers = list(answers)

    async def ask_person(self, prompt: Prompt) -> Given:
        self.prompts.append(prompt)
        answer = self._answers.pop(0)
        if answer is None:
            raise GivenUp("Given up")
        return answer

    async def ask(self, prompt: Prompt) -> Secret:
        raise AssertionError(f"not a password: {prompt}")

    def tell(self, step: str) -> None:
        raise AssertionError(f"nothing to tell: {step}")


def node(person: Any) -> NodeAnswers:
    return NodeAnswers(person, "n1")


async def test_it_is_kept_once_the_node_let_us_in() -> None:
    person = Person(Given(Secret("wrong")), Given(Secret("right")))
    person.vault.hold_login_password(Secret("login"))
    answers = node(person)
    await answers(PASSWORD)
    assert person.vault.node_password is None
    await answers(PASSWORD)
    answers.accepted()
    assert person.vault.login_password is None
    assert person.prompts[1].notes == "That was not accepted."
    assert (await node(person)(PASSWORD)).reveal() == "right"


async def test_a_wrong_one_and_a_cancel_leave_nothing_but_the_offer() -> None:
    person = Person(Given(Secret(""), keep=True, offered=True), None)
    person.vault.hold_login_password(Secret("login"))
    answers = node(person)
    assert (await answers(PASSWORD)).reveal() == "login"
    with pytest.raises(GivenUp):
        await answers(PASSWORD)
    assert person.vault.node_password is None
    assert person.vault.login_password


async def test_the_login_s_password_is_lent_once_and_offered_again() -> None:
    lent = Given(Secret(""), offered=True)
    person = Person(lent, lent)
    person.vault.hold_login_password(Secret("login"))
    for _ in range(2):
        answers = node(person)
        assert (await answers(PASSWORD)).reveal() == "login"
        answers.accepted()
        assert person.vault.node_password is None
    assert len(person.prompts) == 2


async def test_the_login_s_password_is_used_from_now_on_where_the_person_says_so() -> None:
    person = Person(Given(Secret(""), keep=True, offered=True))
    person.vault.hold_login_password(Secret("login"))
    answers = node(person)
    await answers(PASSWORD)
    answers.accepted()
    assert (await node(person)(PASSWORD)).reveal() == "login"
    assert person.vault.login_password is None
