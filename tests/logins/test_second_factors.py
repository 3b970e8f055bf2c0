"""Second factors: menus with a push, one-time codes in every place, and texts that say what to do."""

from collections.abc import Callable

import pytest

from jupystra_tui.errors import AuthError, GivenUp

from .conftest import At, both
from .journal import Journal
from .people import CODES, PASSWORD
from .site import LoginSite
from .someone import Someone


def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


async def test_a_password_then_a_push_from_a_menu(at: At, journal: Callable[..., Journal]) -> None:
    log, someone = journal("menu"), Someone(PASSWORD, "1")
    async with someone.logged_in(at("menu")):
        assert someone.asked == ["Password:", "Passcode or option (1-2):"]
        assert [prompt.echo for prompt in someone.prompts] == [False, True]
        assert "1. Duo Push to XXX-XXX-1234" in someone.prompts[1].text
        assert log.verdicts == ["right", "right"]


async def test_a_wrong_choice_is_asked_again_in_the_servers_words(
    at: At, journal: Callable[..., Journal]
) -> None:
    log, someone = journal("menu"), Someone(PASSWORD, "7", "1")
    async with someone.logged_in(at("menu")):
        third = someone.prompts[2]
        assert "Incorrect answer. Please try again." in f"{third.notes}\n{third.text}"
        assert log.conversations == 1


@both
async def test_a_push_that_asks_nothing_more(at: At) -> None:
    someone = Someone(PASSWORD)
    async with someone.logged_in(at("push")):
        assert len(someone.prompts) == 1


@pytest.mark.parametrize(
    ("user", "answers"),
    [
        ("code", (PASSWORD, CODES[0])),
        ("codefirst", (CODES[0], PASSWORD)),
        ("appended", (PASSWORD + CODES[0],)),
        ("appendedpw", (PASSWORD + CODES[0],)),
        ("passwordcode", (PASSWORD, CODES[0])),
        ("echo", ("blue", "green")),
        ("captcha", ("47", PASSWORD)),
    ],
)
@both
async def test_each_answer_goes_to_its_own_prompt(
    at: At, journal: Callable[..., Journal], user: str, answers: tuple[str, ...]
) -> None:
    log, someone = journal(user), Someone(*answers)
    async with someone.logged_in(at(user)):
        assert log.verdicts == ["right"] * len(answers)


async def test_echo_is_as_the_server_says(at: At) -> None:
    someone = Someone("blue", "green")
    async with someone.logged_in(at("echo")):
        assert [prompt.echo for prompt in someone.prompts] == [True, False]


async def test_drawings_keep_their_lines(at: At) -> None:
    someone = Someone("47", PASSWORD)
    async with someone.logged_in(at("captcha")):
        shown = f"{someone.prompts[0].notes}\n{someone.prompts[0].text}"
        assert "_  ___\n| ||_  |\n|_|  |_|" in shown


async def test_a_key_then_a_menu(logins: LoginSite, at: At, journal: Callable[..., Journal]) -> None:
    log, someone = journal("keymenu"), Someone("1")
    async with someone.logged_in(at("keymenu", key(logins))):
        assert log.attempts == ["Partial publickey", "Accepted keyboard-interactive"]


@both
async def test_the_password_of_another_method_is_not_sent_to_the_code(
    at: At, journal: Callable[..., Journal]
) -> None:
    log, someone = journal("passwordcode"), Someone(PASSWORD, CODES[0])
    async with someone.logged_in(at("passwordcode")):
        assert someone.asked == ["Password", "Verification code:"]
        assert log.attempts == ["Partial password", "Accepted keyboard-interactive"]
        assert "leaked" not in log.verdicts


async def test_a_code_is_never_sent_twice(at: At, journal: Callable[..., Journal]) -> None:
    log, someone = journal("code"), Someone(PASSWORD, "000000", PASSWORD, CODES[0])
    async with someone.logged_in(at("code")):
        assert log.verdicts == ["right", "wrong", "right", "right"]


async def test_a_code_that_was_used_before_is_asked_anew(at: At, journal: Callable[..., Journal]) -> None:
    cluster = at("code")
    async with Someone(PASSWORD, CODES[0]).logged_in(cluster):
        pass
    log, someone = journal("code"), Someone(PASSWORD, CODES[0], PASSWORD, CODES[1])
    async with someone.logged_in(cluster):
        assert log.verdicts == ["right", "replayed", "right", "right"]
        assert "not accepted" in someone.prompts[2].notes


async def test_three_wrong_codes_are_the_end(at: At, journal: Callable[..., Journal]) -> None:
    log = journal("code")
    error = await Someone(*[PASSWORD, "000000"] * 3).turned_away(at("code"))
    assert isinstance(error, AuthError)
    assert log.verdicts == ["right", "wrong"] * 3


@pytest.mark.parametrize(
    ("user", "answers"),
    [
        ("menu", (PASSWORD,)),
        ("menu", (PASSWORD, "7")),
        ("code", ()),
        ("code", (PASSWORD,)),
        ("codefirst", (CODES[0],)),
        ("keymenu", ()),
        ("passwordcode", (PASSWORD,)),
        ("echo", ("blue",)),
    ],
)
@both
async def test_cancel_at_any_prompt_is_the_last_that_the_server_hears(
    logins: LoginSite, at: At, journal: Callable[..., Journal], user: str, answers: tuple[str, ...]
) -> None:
    log, someone = journal(user), Someone(*answers, None)
    error = await someone.turned_away(at(user, key(logins)) if user == "keymenu" else at(user))
    assert isinstance(error, GivenUp)
    await log.ended()
    assert not [attempt for attempt in log.attempts if not attempt.startswith("Partial")]
    assert len([how for how in log.verdicts if how != "aborted"]) == len(answers)
