"""Servers that imitate our questions, flood the screen, or allow too little."""

import asyncio
from collections.abc import Callable

import pytest

from jupystra_tui.errors import ConnectError, GivenUp

from .conftest import At, both
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


@both
async def test_where_one_session_is_allowed_the_kept_shell_serves_for_all(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("single", key(logins))) as connection:
        said: list[bytes] = []
        script = "echo a >&2; sleep 1; echo b >&2; echo c"
        result = await connection.run_long(script, 20.0, said.append)
        assert (result.out, result.err) == (b"c\n", b"a\nb\n")
        assert said[0] == b"a\n"
        assert said[-1] == b"a\nb\n"
        assert (await connection.run_on_second_shell("echo beside")).out == b"beside\n"
        assert (await connection.run("echo still")).out == b"still\n"


async def test_elsewhere_a_long_command_has_a_shell_of_its_own(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("key", key(logins))) as connection:
        await connection.prepare("wanted=yes")
        long = asyncio.ensure_future(connection.run_long("mkfifo go; read -r _ <go; echo $wanted", 30.0))
        beside = asyncio.ensure_future(
            connection.run_on_second_shell("until [ -p go ]; do sleep 0.1; done; echo $wanted")
        )
        assert (await connection.run("echo poll")).out == b"poll\n"
        assert (await beside).out == b"yes\n"
        await connection.run("echo >go; rm go")
        assert (await long).out == b"yes\n"


async def test_the_time_limit_counts_from_the_request(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("key", key(logins))) as connection:
        first = asyncio.ensure_future(connection.run("sleep 6; echo first", 30.0))
        await connection.run_on_second_shell(
            "until pgrep -u $(id -u) -x sleep >/dev/null; do sleep 0.1; done"
        )
        began = asyncio.get_running_loop().time()
        with pytest.raises(ConnectError, match="did not answer within 1 s"):
            await connection.run("echo second", 1.0)
        assert asyncio.get_running_loop().time() - began < 4.0
        assert (await first).out == b"first\n", "a command that waits for its turn ends no other one"


@both
async def test_a_server_of_one_session_serves_the_kept_shell(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("single", key(logins))) as connection:
        with pytest.raises(ConnectError, match="no further session"):
            await connection.run_on_own_channel("echo more")
        assert (await connection.run("echo still")).out == b"still\n"
