"""The authentication methods are those that the ssh configuration allows, in its order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError, HostKeyError

from . import agents, keys
from .conftest import At, both
from .journal import Journal
from .people import PASSWORD
from .site import LoginSite
from .someone import Someone

STRANGERS = (keys.STRANGER, keys.AUTHORITY, keys.SIGNED, keys.EXPIRED)
ALLOWED = {
    "PreferredAuthentications password": "password",
    "PreferredAuthentications gssapi-with-mic,password,publickey": "password",
    "PreferredAuthentications keyboard-interactive,password": "keyboard-interactive",
    "PubkeyAuthentication no": "keyboard-interactive",
    "PubkeyAuthentication no\nKbdInteractiveAuthentication no": "password",
    "PubkeyAuthentication no\nChallengeResponseAuthentication no": "password",
    "PubkeyAuthentication no\nPasswordAuthentication no": "keyboard-interactive",
}


@pytest.mark.parametrize("lines", ALLOWED)
@both
async def test_with_many_keys_in_the_agent_the_password_is_asked_at_once(
    logins: LoginSite, at: At, laptop: Path, journal: Callable[..., Journal], lines: str
) -> None:
    log, someone = journal("anyway"), Someone(PASSWORD)
    with agents.agent(laptop, *(logins.keys / name for name in STRANGERS)) as path:
        async with someone.logged_in(at("anyway", *lines.splitlines()), agent=path):
            assert log.attempts == [f"Accepted {ALLOWED[lines]}"]


FORBIDDEN = {
    "PubkeyAuthentication no": "key",
    "PreferredAuthentications password": "key",
    "PreferredAuthentications publickey": "password",
    "BatchMode yes": "password",
    "NumberOfPasswordPrompts 0": "password",
}


@pytest.mark.parametrize("line", FORBIDDEN)
@both
async def test_what_the_configuration_turns_off_is_named_and_not_tried(
    logins: LoginSite, at: At, journal: Callable[..., Journal], line: str
) -> None:
    user = FORBIDDEN[line]
    log, someone = journal(user), Someone()
    error = await someone.turned_away(at(user, line, f"IdentityFile {logins.keys / 'ed25519'}"))
    method = "publickey" if user == "key" else "password"
    assert isinstance(error, AuthError)
    assert error.title == f"{user}@hpc requires {method}, which your ssh configuration turns off"
    assert line.split()[0] in error.hint
    assert log.attempts == []


@pytest.mark.parametrize("prompts", [1, 2])
async def test_no_more_answers_are_asked_for_than_the_configuration_allows(
    at: At, journal: Callable[..., Journal], prompts: int
) -> None:
    log = journal("interactive")
    error = await Someone(*["wrong"] * prompts).turned_away(
        at("interactive", f"NumberOfPasswordPrompts {prompts}")
    )
    times = " 2 times" if prompts == 2 else ""
    assert error.title == f"interactive@hpc: the answer was not accepted{times}"
    assert log.attempts == ["Failed keyboard-interactive"] * prompts


async def test_in_batch_mode_no_passphrase_is_asked_for(logins: LoginSite, at: At) -> None:
    locked = f"IdentityFile {logins.keys / 'ed25519-locked'}"
    error = await Someone().turned_away(at("key", "BatchMode yes", locked))
    assert "ed25519-locked has a passphrase, and BatchMode does not allow to ask for it" in error.title
    plain = f"IdentityFile {logins.keys / 'ed25519'}"
    async with Someone().logged_in(at("key", "BatchMode yes", locked, plain)):
        pass


@both
async def test_in_batch_mode_no_host_key_is_asked_about(logins: LoginSite, at: At, laptop: Path) -> None:
    cluster = at("key", "BatchMode yes", f"IdentityFile {logins.keys / 'ed25519'}")
    (laptop / "known_hosts").write_text("")
    error = await Someone().turned_away(cluster)
    assert isinstance(error, HostKeyError)
    assert "BatchMode does not allow to ask" in error.title


@pytest.mark.parametrize("public", [True, False], ids=["public half known", "PEM without one"])
@both
async def test_a_passphrase_is_asked_for_only_if_the_server_wants_that_key(
    logins: LoginSite, at: At, laptop: Path, public: bool
) -> None:
    stranger = laptop / "id_stranger"
    kind = "ed25519" if public else "rsa-pem"
    keys.make_locked(stranger, kind)
    someone = Someone(*([] if public else [keys.PASSPHRASE]), keys.PASSPHRASE)
    lines = [f"IdentityFile {stranger}", f"IdentityFile {logins.keys / 'ed25519-locked'}"]
    async with someone.logged_in(at("key", *lines)):
        assert str(logins.keys / "ed25519-locked") in someone.prompts[-1].text
