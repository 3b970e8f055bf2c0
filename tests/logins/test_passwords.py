"""Passwords: by either method, together with a key, wrong, odd, late and cancelled."""

from collections.abc import Callable

import pytest

from jupystra_tui.errors import AuthError, GivenUp
from jupystra_tui.text import Secret

from .conftest import At, both
from .journal import Journal
from .people import PASSWORD
from .servers import HASTY_PORT
from .site import LoginSite
from .someone import Someone

METHODS = {"password": "password", "interactive": "keyboard-interactive", "either": "keyboard-interactive"}


@pytest.mark.parametrize("user", METHODS)
@both
async def test_a_password_is_asked_once(at: At, journal: Callable[..., Journal], user: str) -> None:
    log, someone = journal(user), Someone(PASSWORD)
    async with someone.logged_in(at(user)):
        assert [(prompt.asker, prompt.echo) for prompt in someone.prompts] == [(f"{user}@hpc", False)]
        assert someone.asked[0].startswith("Password")
        assert log.attempts == [f"Accepted {METHODS[user]}"]
        assert log.verdicts == ["right"]


@both
async def test_a_key_and_a_password(logins: LoginSite, at: At, journal: Callable[..., Journal]) -> None:
    log, someone = journal("keypassword"), Someone(PASSWORD)
    async with someone.logged_in(at("keypassword", f"IdentityFile {logins.keys / 'ed25519'}")):
        assert log.attempts == ["Partial publickey", "Accepted password"]


async def test_a_password_alone_does_not_do_where_a_key_comes_first(
    at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("keypassword")
    error = await Someone().turned_away(at("keypassword"))
    assert error.title == "keypassword@hpc requires a key, and there is none"
    assert log.attempts == []


@pytest.mark.parametrize("user", ["password", "interactive"])
@both
async def test_a_wrong_password_is_asked_again_with_the_reason(
    at: At, journal: Callable[..., Journal], user: str
) -> None:
    log, someone = journal(user), Someone("wrong", PASSWORD)
    async with someone.logged_in(at(user)):
        assert "not accepted" in someone.prompts[1].notes
        assert log.attempts == [f"Failed {METHODS[user]}", f"Accepted {METHODS[user]}"]
        assert log.verdicts == ["wrong", "right"]


@pytest.mark.parametrize("user", ["password", "interactive"])
async def test_three_wrong_passwords_are_the_end(at: At, journal: Callable[..., Journal], user: str) -> None:
    log = journal(user)
    error = await Someone("a", "b", "c").turned_away(at(user))
    assert isinstance(error, AuthError)
    assert error.title.endswith("was not accepted 3 times")
    await log.ended()
    assert log.verdicts == ["wrong"] * 3


async def test_a_server_that_hangs_up_early_is_explained(at: At, journal: Callable[..., Journal]) -> None:
    log = journal("strict")
    error = await Someone("a", "b").turned_away(at("strict"))
    assert error.title == "strict@hpc: the login node closed the connection: Too many authentication failures"
    assert log.verdicts == ["wrong"] * 2


@pytest.mark.parametrize(
    "odd", ["", "two\r\nlines", "x" * 2000, "pässwörd", "\x1b[A"], ids=lambda odd: ascii(odd)[:12]
)
@pytest.mark.parametrize("user", ["password", "interactive"])
async def test_an_odd_answer_is_a_wrong_one(at: At, user: str, odd: str) -> None:
    someone = Someone(odd, PASSWORD)
    async with someone.logged_in(at(user)):
        assert len(someone.prompts) == 2


@pytest.mark.parametrize("user", METHODS)
@pytest.mark.parametrize("before", [(), ("wrong",)], ids=["at once", "after a wrong one"])
@both
async def test_cancel_is_the_last_that_the_server_hears(
    at: At, journal: Callable[..., Journal], user: str, before: tuple[str, ...]
) -> None:
    log = journal(user)
    error = await Someone(*before, None).turned_away(at(user))
    assert isinstance(error, GivenUp)
    await log.ended()
    assert log.attempts == [f"Failed {METHODS[user]}"] * len(before)
    assert set(log.verdicts) <= {"wrong", "aborted"}


@pytest.mark.parametrize("user", ["interactive"])
async def test_an_answer_after_the_servers_patience_is_explained(
    at: At, journal: Callable[..., Journal], user: str
) -> None:
    log = journal(user)

    async def slowly() -> str:
        await log.ended()
        return PASSWORD

    error = await Someone(slowly).turned_away(at(user, "Host hpc", f"  Port {HASTY_PORT}"))
    assert error.title == f"{user}@hpc: the login node closed the connection"
    assert "waited too long" in error.hint
    assert "right" not in log.verdicts


async def test_a_site_with_neither_key_nor_password_is_explained(at: At) -> None:
    error = await Someone().turned_away(at("nothing"))
    assert error.title == "nothing@hpc did not accept the login (hostbased)"


@pytest.mark.parametrize("user", ["password", "interactive"])
@both
async def test_a_password_given_beforehand_spares_the_question(at: At, user: str) -> None:
    someone = Someone()
    someone.vault.given = Secret(PASSWORD)
    async with someone.logged_in(at(user)):
        assert someone.prompts == []
    assert someone.vault.given is None


async def test_a_wrong_one_is_given_once_and_then_asked(at: At) -> None:
    someone = Someone(PASSWORD)
    someone.vault.given = Secret("wrong")
    async with someone.logged_in(at("password")):
        assert len(someone.prompts) == 1
        assert "not accepted" in someone.prompts[0].notes


@pytest.mark.parametrize("key", ["ed25519", "stranger"], ids=["let in", "turned away"])
async def test_one_that_was_not_needed_is_gone_after_the_login(logins: LoginSite, at: At, key: str) -> None:
    someone, given = Someone(), Secret(PASSWORD)
    someone.vault.given = given
    cluster = at("key", f"IdentityFile {logins.keys / key}")
    if key == "stranger":
        await someone.turned_away(cluster)
    else:
        await (await someone.connect(cluster)).aclose()
    assert someone.vault.given is None
    assert given.reveal() == ""
