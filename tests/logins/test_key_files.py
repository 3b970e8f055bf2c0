"""Key files that ssh would not take: open to others, damaged, or a public key."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from . import agents, keys
from .conftest import At
from .journal import Journal
from .site import LoginSite
from .someone import Someone


def identity(*files: Path) -> list[str]:
    """Lines of a configuration that name key files."""
    return [*(f"IdentityFile {file}" for file in files), "IdentitiesOnly yes"]


def copied(logins: LoginSite, laptop: Path, mode: int) -> Path:
    file = laptop / "id_mine"
    file.write_bytes((logins.keys / "ed25519").read_bytes())
    file.chmod(mode)
    return file


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
async def test_a_key_that_others_can_read_is_not_offered_and_the_way_out_is_named(
    logins: LoginSite, at: At, laptop: Path, mode: int
) -> None:
    file = copied(logins, laptop, mode)
    error = await Someone().turned_away(at("key", *identity(file)))
    assert error.title == "key@hpc requires a key, but id_mine can be read by others"
    assert error.hint == f"Run: chmod 600 '{file}'"
    file.chmod(0o600)
    async with Someone().logged_in(at("key", *identity(file))):
        pass


DAMAGED = "is not a private key, or is damaged"
GARBAGE = {
    "nonsense": (b"hello\n", DAMAGED),
    "empty": (b"", "is empty"),
    "binary": (bytes(range(256)), DAMAGED),
    "hollow": (
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END OPENSSH PRIVATE KEY-----\n",
        DAMAGED,
    ),
    "PEM": (b"-----BEGIN RSA PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END RSA PRIVATE KEY-----\n", DAMAGED),
    "PuTTY": (b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "is in PuTTY's format (.ppk)"),
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_a_file_that_is_no_key_is_named(logins: LoginSite, at: At, laptop: Path, kind: str) -> None:
    file = copied(logins, laptop, 0o600)
    content, what = GARBAGE[kind]
    file.write_bytes(content)
    error = await Someone().turned_away(at("key", *identity(file)))
    assert error.title == f"key@hpc requires a key, but id_mine {what}"


@pytest.mark.parametrize("made", [True, False], ids=["a folder", "nothing"])
async def test_a_name_of_no_file_is_named_too(at: At, laptop: Path, made: bool) -> None:
    place = laptop / "id_mine"
    if made:
        place.mkdir()
    error = await Someone().turned_away(at("key", *identity(place)))
    assert error.title == f"key@hpc requires a key, but id_mine {'is a folder' if made else 'does not exist'}"


async def test_a_public_half_chooses_among_the_agents_keys(
    logins: LoginSite, at: At, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, public = journal("key"), laptop / "work.pub"
    shutil.copy(logins.keys / "ed25519.pub", public)
    cluster = at("key", *identity(public))
    with agents.agent(laptop, logins.keys / keys.STRANGER, logins.keys / "ed25519") as path:
        async with Someone().logged_in(cluster, agent=path):
            assert log.attempts == ["Accepted publickey"]
    error = await Someone().turned_away(cluster)
    assert (
        error.title
        == "key@hpc requires a key, but work.pub is a public key, and no ssh-agent has its private key"
    )
    assert str(public) in error.hint


async def test_a_private_key_alone_chooses_among_the_agents_keys_too(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    file, unlocked = laptop / "id_mine", laptop / "unlocked"
    shutil.copy(logins.keys / "ed25519-locked", file)
    shutil.copy(file, unlocked)
    keys.unlock(unlocked)
    with agents.agent(laptop, unlocked) as path:
        async with Someone().logged_in(at("key", *identity(file)), agent=path):
            pass


async def test_beside_a_good_key_it_is_only_a_step_of_the_login(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    someone, file = Someone(), copied(logins, laptop, 0o644)
    async with someone.logged_in(at("key", *identity(file, logins.keys / keys.PLAIN[0]))):
        assert "id_mine can be read by others: skipped" in someone.steps


async def test_a_key_of_somebody_else_is_taken_as_ssh_does(logins: LoginSite, at: At, laptop: Path) -> None:
    file = copied(logins, laptop, 0o644)
    os.chown(file, 65534, 65534)
    async with Someone().logged_in(at("key", *identity(file))):
        pass
