"""Servers that imitate our questions, flood the screen, or allow too little."""

from collections.abc import Callable

import pytest

from jupystra_tui.errors import ConnectError, GivenUp

from .conftest import At
from .journal import Journal
from .site import LoginSite
from .someone import Someone


def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


async def test_a_prompt_that_imitates_ours_comes_from_the_server_and_without_its_escapes(
    at: At, journal: Callable[..., Journal]
) -> None:
    log, someone = journal("imitation"), Someone(None)
    error = await someone.turned_away(at("imitation"))
    prompt = someone.prompts[0]
    assert isinstance(error, GivenUp)
    assert prompt.asker == "imitation@hpc"
    assert "Enter passphrase for key" in prompt.text
    assert all(line.isprintable() for line in f"{prompt.notes}\n{prompt.text}".split("\n"))
    assert "owned" not in prompt.text
    await log.ended()
    assert "leaked" not in log.verdicts


async def test_a_server_of_one_session_serves_the_kept_shell(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("single", key(logins))) as connection:
        with pytest.raises(ConnectError, match="no further session"):
            await connection.run_apart("echo more")
        assert (await connection.run("echo still")).out == b"still\n"
