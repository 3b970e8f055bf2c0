"""Keys: plain, locked, certified, from an agent, and none."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError, GivenUp

from . import agents, keys
from .conftest import At, both
from .journal import Journal
from .site import LoginSite
from .someone import Someone


def identity(folder: Path, *names: str) -> list[str]:
    """Lines of a configuration that name keys in a folder."""
    return [*(f"IdentityFile {folder / name}" for name in names), "IdentitiesOnly yes"]


@pytest.mark.parametrize("key", keys.PLAIN)
@both
async def test_a_plain_key_asks_nothing(logins: LoginSite, at: At, key: str) -> None:
    async with Someone().logged_in(at("key", *identity(logins.keys, key))):
        pass


@pytest.mark.parametrize("key", keys.LOCKED)
@both
async def test_a_locked_key_asks_once_for_its_passphrase(logins: LoginSite, at: At, key: str) -> None:
    someone = Someone(keys.PASSPHRASE)
    async with someone.logged_in(at("key", *identity(logins.keys, key))):
        assert [(prompt.asker, prompt.echo) for prompt in someone.prompts] == [("this laptop", False)]
        assert str(logins.keys / key) in someone.prompts[0].text


async def test_a_locked_key_waits_until_the_plain_ones_were_refused(logins: LoginSite, at: At) -> None:
    someone = Someone()
    async with someone.logged_in(at("key", *identity(logins.keys, "ed25519-locked", "ed25519"))):
        assert someone.prompts == []


async def test_a_wrong_passphrase_is_asked_again(logins: LoginSite, at: At) -> None:
    someone = Someone("wrong", "Wr\0ng\r\n", keys.PASSPHRASE)
    async with someone.logged_in(at("key", *identity(logins.keys, "ed25519-locked"))):
        assert "does not open the key" in someone.prompts[1].notes


async def test_three_wrong_passphrases_are_the_end(
    logins: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("key")
    error = await Someone("a", "b", "c").turned_away(at("key", *identity(logins.keys, "rsa-locked")))
    assert isinstance(error, AuthError)
    assert "rsa-locked: no correct passphrase was given" in error.detail
    assert log.attempts == []


@both
async def test_cancel_at_a_passphrase_sends_nothing(
    logins: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("key")
    error = await Someone(None).turned_away(at("key", *identity(logins.keys, "ed25519-locked")))
    assert isinstance(error, GivenUp)
    await log.ended()
    assert log.attempts == []


async def test_a_certificate_lets_in_where_no_key_is_authorised(logins: LoginSite, at: At) -> None:
    async with Someone().logged_in(at("certified", *identity(logins.keys, keys.SIGNED))):
        pass


async def test_an_expired_certificate_is_refused(logins: LoginSite, at: At) -> None:
    error = await Someone().turned_away(at("certified", *identity(logins.keys, keys.EXPIRED)))
    assert "did not accept a key" in error.title
    assert keys.EXPIRED in error.detail


@pytest.mark.parametrize("held", [False, True], ids=["of a file", "of an agent"])
async def test_a_certificate_that_lies_elsewhere_goes_with_its_key(
    logins: LoginSite, at: At, laptop: Path, held: bool
) -> None:
    key, certificate = laptop / "id_mine", laptop / "mine.crt"
    shutil.copy(logins.keys / keys.SIGNED, key)
    shutil.copy(logins.keys / f"{keys.SIGNED}-cert.pub", certificate)
    lines = [f"CertificateFile {logins.keys / keys.EXPIRED}-cert.pub", f"CertificateFile {certificate}"]
    cluster = at("certified", *lines, *([] if held else [f"IdentityFile {key}", "IdentitiesOnly yes"]))
    with agents.agent(laptop, key) as path:
        async with Someone().logged_in(cluster, agent=path if held else ""):
            pass


async def test_a_key_is_offered_without_its_expired_certificate_too(
    logins: LoginSite, at: At, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log = journal("key")
    for name in ("ed25519", "ed25519.pub"):
        shutil.copy(logins.keys / name, laptop)
    keys.certify(logins.keys, laptop / "ed25519.pub", keys.CERTIFICATES[keys.EXPIRED])
    async with Someone().logged_in(at("key", *identity(laptop, "ed25519"))):
        assert log.attempts == ["Failed publickey", "Accepted publickey"]


async def test_a_strangers_key_is_refused_and_named(logins: LoginSite, at: At) -> None:
    error = await Someone().turned_away(at("key", *identity(logins.keys, keys.STRANGER)))
    assert error.title == "key@hpc did not accept a key"
    assert error.detail.startswith(f"Tried:\n{keys.STRANGER}\nThe login node said:\n")


@both
async def test_no_key_at_all_is_said(at: At) -> None:
    error = await Someone().turned_away(at("key"))
    assert error.title == "key@hpc requires a key, and there is none"


async def test_an_agent_spares_the_passphrase(logins: LoginSite, at: At, laptop: Path) -> None:
    with agents.agent(laptop, logins.keys / "ed25519") as path:
        async with Someone().logged_in(at("key"), agent=path):
            pass


@both
async def test_an_agent_holds_the_certificate(logins: LoginSite, at: At, laptop: Path) -> None:
    with agents.agent(laptop, logins.keys / keys.SIGNED) as path:
        async with Someone().logged_in(at("certified"), agent=path):
            pass


async def test_identities_only_leaves_the_agents_other_keys_alone(
    logins: LoginSite, at: At, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log = journal("key")
    with agents.agent(laptop, logins.keys / keys.STRANGER, logins.keys / "ecdsa") as path:
        async with Someone().logged_in(at("key", *identity(logins.keys, "ecdsa")), agent=path):
            assert log.attempts == ["Accepted publickey"]


async def test_a_server_that_has_seen_enough_keys_ends_it_with_what_to_do(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    names = (keys.STRANGER, keys.AUTHORITY, keys.SIGNED, keys.EXPIRED)
    with agents.agent(laptop, *(logins.keys / name for name in names)) as path:
        error = await Someone().turned_away(at("key"), agent=path)
    assert isinstance(error, AuthError)
    end = "the login node closed the connection after 6 keys: Too many authentication failures"
    assert error.title == f"key@hpc: {end}"
    assert "IdentitiesOnly" in error.hint


async def test_only_the_key_that_the_server_knows_has_to_sign(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    (laptop / "odd").mkdir()
    publics = [logins.keys / f"{name}.pub" for name in (keys.STRANGER, "ed25519")]
    with (
        agents.agent(laptop, logins.keys / "ed25519") as real,
        agents.odd_agent(laptop / "odd", agents.listed(*publics), agents.asking(real)) as path,
    ):
        async with Someone().logged_in(at("key"), agent=path):
            pass
