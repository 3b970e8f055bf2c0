"""What a login lives through, and what ends it: banners, slow and odd answers."""

import asyncio
import time
from collections.abc import Callable
from itertools import count

import pytest

from ..cluster.nodes import LAN, LOGIN
from .conftest import At
from .journal import Journal
from .people import PASSWORD
from .servers import HASTY_PORT
from .site import LoginSite
from .someone import Someone


async def test_the_longest_banner_that_sshd_sends_is_cut_and_cleaned(at: At) -> None:
    someone = Someone(PASSWORD)
    async with someone.logged_in(at("flood")):
        notes = someone.prompts[0].notes
        assert "All work and no play" in notes
        assert len(notes) <= 8000
        assert all(line.isprintable() for line in notes.split("\n"))


@pytest.mark.parametrize("user", ["password"])
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


@pytest.mark.parametrize("user", ["password", "interactive"])
async def test_an_answer_ends_at_a_nul_as_openssh_has_it(at: At, user: str) -> None:
    someone = Someone("nul\0inside", PASSWORD)
    async with someone.logged_in(at(user)):
        assert len(someone.prompts) == 2


async def test_three_wrong_passwords_are_the_end_whatever_the_method(
    at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("either")
    await Someone("a", "b", "c").turned_away(at("either"))
    assert log.verdicts == ["wrong"] * 3


async def test_what_the_server_says_at_first_stands_above_the_first_question(at: At) -> None:
    someone = Someone(PASSWORD)
    async with someone.logged_in(at("interactive", "Host hpc")):
        assert "Authorised users only" in someone.prompts[0].notes


@pytest.mark.parametrize("user", ["password", "interactive"])
async def test_the_user_may_take_their_time(at: At, user: str) -> None:
    async def after_a_while() -> str:
        await asyncio.sleep(2.5)  # longer than the looks at whether the server is still there
        return PASSWORD

    async with Someone(after_a_while).logged_in(at(user)):
        pass


@pytest.mark.parametrize("host", ["hpc", "inside"], ids=["straight", "by a bastion"])
async def test_a_clock_that_jumps_ends_no_login(
    logins: LoginSite,
    at: At,
    journal: Callable[..., Journal],
    monkeypatch: pytest.MonkeyPatch,
    host: str,
) -> None:
    log, someone, days = journal("push"), Someone(PASSWORD), count()
    inside = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}", "  ProxyJump bastion")
    bastion = ("Host bastion", "  User key", f"  IdentityFile {logins.keys / 'ed25519'}", "Host *")
    with monkeypatch.context() as wild:
        wild.setattr(time, "time", lambda: 86_400.0 * next(days))
        connection = await someone.connect(at("push", *inside, *bastion, host=host))
    await connection.aclose()
    assert (len(someone.prompts), log.conversations) == (1, 1)
