"""Agents that are dead, hung, refusing or talk nonsense: the login goes on within moments, and says so."""

import asyncio
import struct
import time
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp
from jupystra_tui.ssh import agent as product_agent

from ..cluster.nodes import LAN, LOGIN
from . import agents, security_key
from .agents import FAILURE, IDENTITIES, Reply, framed, listed
from .conftest import At
from .hops import hop
from .site import LoginSite
from .someone import Someone

ENDLESS = framed(IDENTITIES, struct.pack(">I", 0xFFFFFFFF))
NONSENSE: dict[str, Reply] = {
    "hangs": None,
    "hangs in the middle": lambda _: ENDLESS[:6],
    "closes the connection": b"",
    "closes the connection in the middle": ENDLESS[:6],
    "refuses": framed(FAILURE),
    "names too many keys": ENDLESS,
    "sends too much": struct.pack(">I", 1 << 30) + bytes(4096),
    "speaks http": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("LIST_SECONDS", 0.4), ("SIGN_SECONDS", 0.8), ("REPORT_SECONDS", 0.1)):
        monkeypatch.setattr(product_agent, name, seconds)


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


def said(someone: Someone, *words: str) -> bool:
    """Whether one step of the login holds all the words."""
    return any(all(word in step for word in words) for step in someone.steps)


@pytest.mark.parametrize("how", NONSENSE)
async def test_an_agent_that_gives_no_keys_is_left_aside(at: At, key: str, laptop: Path, how: str) -> None:
    someone = Someone()
    with agents.odd_agent(laptop, NONSENSE[how]) as path:
        async with someone.logged_in(at("key", key), agent=path) as connection:
            assert said(someone, "the ssh-agent", "continuing without it")
            assert connection.endpoint.agent == ""  # ssh itself would wait for it forever


async def test_a_dead_agent_is_left_aside(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("key", key), agent=agents.dead_agent(laptop)):
        assert said(someone, "no ssh-agent listens", "continuing without it")


async def test_keys_that_are_none_are_passed_over_and_the_good_one_is_used(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    public, odd = logins.keys / "ed25519.pub", laptop / "odd.pub"
    odd.write_text("odd AAAAC3NzaC1lZDI1NTE5AAAAAQ==\n")
    with (
        agents.agent(laptop, logins.keys / "ed25519") as real,
        agents.odd_agent(
            _folder(laptop), listed(odd, public, comment=b"\xff\xfe"), agents.asking(real)
        ) as path,
    ):
        async with Someone().logged_in(at("key"), agent=path):
            pass


@pytest.mark.parametrize(
    "reply", [None, b"", ENDLESS[:6]], ids=["hangs", "closes the connection", "dies in the middle"]
)
async def test_an_agent_that_fails_to_sign_leaves_even_its_own_key_to_the_file(
    logins: LoginSite, at: At, key: str, laptop: Path, reply: Reply
) -> None:
    someone = Someone()
    with agents.odd_agent(laptop, listed(logins.keys / "ed25519.pub"), reply) as path:
        async with (
            someone.logged_in(at("key", key), agent=path) as connection,
            hop(connection, someone, laptop),
        ):
            assert said(someone, "the ssh-agent", "continuing without it")
            assert said(someone, "has not signed yet") is (reply is None)


async def test_an_agent_whose_owner_says_no_leaves_the_other_keys(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    with agents.agent(laptop, logins.keys / "ecdsa", confirm=True) as path:
        async with Someone().logged_in(at("key", key), agent=path):
            pass


async def test_cancel_does_not_wait_for_a_signature(
    logins: LoginSite, at: At, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_agent, "SIGN_SECONDS", 60.0)
    someone = Someone()
    with agents.odd_agent(laptop, listed(logins.keys / "ed25519.pub"), None) as path:
        login = asyncio.create_task(someone.connect(at("key"), agent=path))
        await someone.hears("has not signed yet")
        began = time.monotonic()
        login.cancel()
        with pytest.raises((asyncio.CancelledError, GivenUp)):
            await login
        assert time.monotonic() - began < 5


async def test_a_hung_agent_does_not_hold_a_bastion_either(at: At, key: str, laptop: Path) -> None:
    inside = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}", "  ProxyJump bastion")
    with agents.odd_agent(laptop, None) as path:
        async with Someone().logged_in(at("key", *inside, "Host *", key, host="inside"), agent=path):
            pass


async def test_a_security_key_in_the_agent_opens_and_the_touch_is_asked_for(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    someone, public = Someone(), logins.keys / f"{security_key.NAME}.pub"
    with agents.odd_agent(laptop, listed(public), security_key.agent_signs) as path:
        async with someone.logged_in(at("key"), agent=path):
            assert said(someone, "sk-ssh-ed25519@openssh.com from the agent", "touch it")


def _folder(laptop: Path) -> Path:
    folder = laptop / "odd"
    folder.mkdir()
    return folder
