"""A node's password is kept when the node has taken it, and not before; nodes ask for it one after the other."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import AuthError, GivenUp
from jupystra_tui.model import Prompt
from jupystra_tui.ssh.askpass import Question
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret
from jupystra_tui.worker.node_answers import NodeAnswers
from jupystra_tui.worker.open_prompts import Unattended, UserAnswer

PASSWORD = Question("", "ada@n1's password: ")


class Person:
    """Stands in for the session: gives these answers, and fails a question too many. `thinks` goes before each."""

    def __init__(self, *answers: UserAnswer | None) -> None:
        self.credentials = self
        self.shown = SimpleNamespace(user="ada")
        self.vault = Vault()
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.prompts: list[Prompt] = []
        self.thinks: Callable[[], None] = lambda: None
        self._answers = list(answers)

    async def ask_user(self, prompt: Prompt) -> UserAnswer:
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        self.thinks()
        answer = self._answers.pop(0)
        if answer is None:
            raise GivenUp("Canceled")
        return answer

    async def ask(self, prompt: Prompt) -> Secret:
        raise AssertionError(f"not a password: {prompt}")

    def tell(self, step: str) -> None:
        raise AssertionError(f"nothing to tell: {step}")


def node(person: Any, *, attended: bool = True) -> NodeAnswers:
    return NodeAnswers(person, "n1", attended)


async def test_it_is_kept_once_the_node_let_us_in() -> None:
    person = Person(UserAnswer(Secret("wrong")), UserAnswer(Secret("right")))
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
    person = Person(UserAnswer(Secret(""), keep=True, offered=True), None)
    person.vault.hold_login_password(Secret("login"))
    answers = node(person)
    assert (await answers(PASSWORD)).reveal() == "login"
    with pytest.raises(GivenUp):
        await answers(PASSWORD)
    assert person.vault.node_password is None
    assert person.vault.login_password


async def test_the_login_s_password_is_lent_once_and_offered_again() -> None:
    lent = UserAnswer(Secret(""), offered=True)
    person = Person(lent, lent)
    person.vault.hold_login_password(Secret("login"))
    for _ in range(2):
        answers = node(person)
        assert (await answers(PASSWORD)).reveal() == "login"
        answers.accepted()
        assert person.vault.node_password is None
    assert len(person.prompts) == 2


async def test_the_login_s_password_is_used_from_now_on_where_the_person_says_so() -> None:
    person = Person(UserAnswer(Secret(""), keep=True, offered=True))
    person.vault.hold_login_password(Secret("login"))
    answers = node(person)
    await answers(PASSWORD)
    answers.accepted()
    assert (await node(person)(PASSWORD)).reveal() == "login"
    assert person.vault.login_password is None


async def test_a_password_that_was_offered_is_lent_though_its_time_ran_out_meanwhile() -> None:
    person = Person(UserAnswer(Secret(""), keep=True, offered=True))
    person.vault.hold_login_password(Secret("login"))
    person.thinks = lambda: person.vault.settle(None)
    answers = node(person)
    assert (await answers(PASSWORD)).reveal() == "login"
    answers.accepted()
    assert person.vault.node_password
    assert person.vault.node_password.reveal() == "login"


async def test_what_was_never_offered_is_asked_for_again() -> None:
    person = Person(UserAnswer(Secret(""), offered=True), UserAnswer(Secret("right")))
    assert (await node(person)(PASSWORD)).reveal() == "right"


async def test_of_two_nodes_at_once_one_asks_and_the_other_takes_what_was_right() -> None:
    person = Person(UserAnswer(Secret(""), keep=True, offered=True))
    person.vault.hold_login_password(Secret("login"))
    first, second = node(person), node(person)
    answer, waiting = await first(PASSWORD), asyncio.ensure_future(second(PASSWORD))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.accepted()
    assert (answer.reveal(), (await waiting).reveal()) == ("login", "login")


async def test_of_two_nodes_at_once_the_other_asks_where_the_one_gave_up() -> None:
    person = Person(None, UserAnswer(Secret("right")))
    first, second = node(person), node(person)
    with pytest.raises(GivenUp):
        await first(PASSWORD)
    first.closed()
    assert (await second(PASSWORD)).reveal() == "right"


async def test_with_nobody_there_a_node_asks_nothing_but_takes_what_is_held() -> None:
    person = Person(UserAnswer(Secret("right")))
    alone = node(person, attended=False)
    with pytest.raises(Unattended):
        await alone(PASSWORD)
    alone.closed()
    answers = node(person)
    await answers(PASSWORD)
    answers.accepted()
    assert (await node(person, attended=False)(PASSWORD)).reveal() == "right"


async def test_three_wrong_answers_are_the_end_whatever_the_words_of_the_question() -> None:
    person = Person(*[UserAnswer(Secret("wrong"))] * 3)
    answers = node(person)
    for question in ("(ada@n1) Password: ", "(ada@n1) Password: ", "ada@n1's password: "):
        await answers(Question("", question))
    with pytest.raises(AuthError, match="not accepted 3 times"):
        await answers(PASSWORD)
    assert len(person.prompts) == 3
