"""FIDO keys: ssh asks for the touch through our askpass, and the note goes by itself; a file gets a clear word."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp, JupystraError
from jupystra_tui.model import PromptKind

from ..cluster.nodes import LAN, LOGIN
from . import security_key
from .conftest import At
from .hops import NODE, hop
from .journal import Journal
from .servers import BASTION
from .site import LoginSite
from .someone import Someone


@pytest.fixture
def provider(laptop: Path) -> Path:
    return security_key.compile_provider(laptop)


class Finger:
    """Touches the key when asked; the question must go by itself. Without patience it gives up instead."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.went = False

    async def __call__(self) -> str:
        await security_key.touch(self.folder)
        try:
            return await asyncio.Future()
        except asyncio.CancelledError:
            self.went = True
            raise


def with_key(logins: LoginSite, host: str, provider: Path) -> tuple[str, ...]:
    """Lines of a configuration in which one host wants the security key."""
    key = logins.keys / security_key.NAME
    return (
        f"Host {host}",
        f"  IdentityFile {key}",
        "  IdentitiesOnly yes",
        f"  SecurityKeyProvider {provider}",
    )


async def test_the_touch_for_a_node_is_a_note_that_goes_by_itself(
    logins: LoginSite, at: At, laptop: Path, provider: Path, journal: Callable[..., Journal]
) -> None:
    finger, log = Finger(laptop), journal("key", NODE)
    there = Someone(finger)
    plain = f"  IdentityFile {logins.keys / 'ed25519'}"
    cluster = at("key", *with_key(logins, NODE, provider), "Host hpc", plain, "Host *")
    async with Someone().logged_in(cluster) as connection, hop(connection, there, laptop):
        note = there.prompts[0]
        assert (note.kind, note.asker) == (PromptKind.NOTE, "this laptop")
        assert note.text.startswith("Confirm user presence for key ED25519-SK SHA256:")
        assert finger.went
        assert log.attempts == ["Accepted publickey"]


async def test_the_touch_for_a_bastion_is_one_too(
    logins: LoginSite, at: At, laptop: Path, provider: Path
) -> None:
    finger = Finger(laptop)
    someone = Someone(finger)
    host = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}", "  ProxyJump bastion")
    inside = (*host, f"  IdentityFile {logins.keys / 'ed25519'}", *with_key(logins, BASTION, provider))
    async with someone.logged_in(at("key", *inside, "Host *", host="inside")):
        assert [prompt.kind for prompt in someone.prompts] == [PromptKind.NOTE]
        assert finger.went


async def test_the_touch_for_the_login_node_is_one_too_by_openssh(
    logins: LoginSite, at: At, laptop: Path, provider: Path
) -> None:
    finger = Finger(laptop)
    someone = Someone(finger)
    async with someone.logged_in(at("key", *with_key(logins, "hpc", provider), "Host *")) as connection:
        assert connection.why == "security: only OpenSSH can read this key"
        assert [prompt.kind for prompt in someone.prompts] == [PromptKind.NOTE]
        assert finger.went


async def test_who_will_not_touch_gives_up_and_nothing_more_is_sent(
    logins: LoginSite, at: At, laptop: Path, provider: Path, journal: Callable[..., Journal]
) -> None:
    log = journal("key", NODE)
    plain = f"  IdentityFile {logins.keys / 'ed25519'}"
    cluster = at("key", *with_key(logins, NODE, provider), "Host hpc", plain, "Host *")
    async with Someone().logged_in(cluster) as connection:
        with pytest.raises(JupystraError) as caught:
            async with hop(connection, Someone(None), laptop):
                pass
        assert isinstance(caught.value, GivenUp)
        await log.ended()
        assert log.attempts == []


@pytest.mark.parametrize("also", [False, True], ids=["alone", "after a stranger's"])
async def test_a_security_key_in_a_file_gets_a_clear_word(logins: LoginSite, at: At, also: bool) -> None:
    key, stranger = logins.keys / security_key.NAME, logins.keys / "stranger"
    names = [f"IdentityFile {file}" for file in ([key, stranger] if also else [key])]
    error = await Someone().turned_away(at("key", *names, "IdentitiesOnly yes"))
    assert "security is a security key, which needs an ssh-agent here" in error.title
    assert error.hint.startswith(f"Run: ssh-add '{key}'")
