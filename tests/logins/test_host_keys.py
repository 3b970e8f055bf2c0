"""The login node's host key: unknown, known in every way of writing, changed, revoked."""

import asyncio
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import ConfigError, GivenUp, HostKeyError
from jupystra_tui.model import PromptKind
from jupystra_tui.ssh.host_key_check import NOT_PUBLISHED
from jupystra_tui.ssh.host_probe import probe_host
from jupystra_tui.ssh.resolve import resolve

from ..cluster.nodes import LOGIN
from .conftest import At, both
from .journal import Journal
from .nobody import NOBODY, as_nobody
from .people import PASSWORD
from .servers import BASTION, HASTY_PORT
from .site import LoginSite
from .someone import Someone


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


@pytest.fixture
def known(at: At, laptop: Path) -> Path:
    """The laptop's known_hosts, empty; it lies there only after `at` has been asked for."""
    path = laptop / "known_hosts"
    path.write_text("")
    return path


def shown(logins: LoginSite, node: str = LOGIN) -> str:
    """The fingerprint of a node's key, as ssh-keygen says it."""
    done = subprocess.run(
        ["ssh-keygen", "-lf", "-"], input=logins.host_key(node), capture_output=True, text=True, check=True
    )
    return done.stdout.split()[1]


def hash_names(known: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=True, capture_output=True)


@both
async def test_an_unknown_key_is_shown_and_kept(logins: LoginSite, at: At, key: str, known: Path) -> None:
    someone = Someone("trust")
    async with someone.logged_in(at("key", key)):
        prompt = someone.prompts[0]
        assert prompt.kind is PromptKind.HOST_KEY
        assert prompt.host_key
        assert (prompt.host_key.type, prompt.host_key.fingerprint) == ("ssh-ed25519", shown(logins))
    assert known.read_text() == f"{logins.address(LOGIN)} {logins.host_key(LOGIN)}\n"
    async with Someone().logged_in(at("key", key)):
        pass


@both
async def test_once_leaves_the_file_alone(at: At, key: str, known: Path) -> None:
    async with Someone("once").logged_in(at("key", key)):
        assert known.read_text() == ""


@both
async def test_no_sends_nothing(at: At, key: str, known: Path, journal: Callable[..., Journal]) -> None:
    log = journal("key")
    error = await Someone("no").turned_away(at("key", key))
    assert isinstance(error, GivenUp)
    assert log.attempts == []


@pytest.mark.parametrize("form", ["hashed", "wildcard", "among noise"])
async def test_a_known_key_is_found(logins: LoginSite, at: At, key: str, known: Path, form: str) -> None:
    address, line = logins.address(LOGIN), logins.host_key(LOGIN)
    texts = {
        "hashed": f"{address} {line}\n",
        "wildcard": f"10.91.*,!10.91.0.1 {line}\n",
        "among noise": f"\xff\xfe no line\n@cert-authority * {line}\n@revoked * {logins.host_key('n1')}\n"
        f"{address} {logins.host_key(BASTION)}\n{address} {line} a comment",
    }
    known.write_text(texts[form], encoding="latin-1")
    if form == "hashed":
        hash_names(known)
    async with Someone().logged_in(at("key", key)):
        pass


@pytest.mark.parametrize("kind", ["changed", "revoked", "another type"])
@both
async def test_a_changed_key_is_a_full_stop(
    logins: LoginSite, at: At, key: str, known: Path, journal: Callable[..., Journal], kind: str
) -> None:
    address, log = logins.address(LOGIN), journal("key")
    other_type = (logins.keys / "ecdsa.pub").read_text().rsplit(" ", 1)[0]
    texts = {
        "changed": f"{address} {logins.host_key(BASTION)}\n",
        "revoked": f"{address} {logins.host_key(LOGIN)}\n@revoked * {logins.host_key(LOGIN)}\n",
        "another type": f"{address} {other_type}\n",
    }
    known.write_text(texts[kind])
    error = await Someone().turned_away(at("key", key))
    assert isinstance(error, HostKeyError)
    assert "this may not be the real" in error.title
    assert shown(logins) in error.detail
    assert log.attempts == []


@pytest.mark.parametrize("file", ["a folder", "missing"])
async def test_a_known_hosts_that_cannot_be_read_means_asking(
    at: At, key: str, known: Path, file: str
) -> None:
    known.unlink()
    if file == "a folder":
        known.mkdir()
    async with Someone("once").logged_in(at("key", key)):
        pass


async def test_a_known_hosts_that_cannot_be_written_leaves_the_trust_to_the_session(
    at: At, key: str, known: Path, journal: Callable[..., Journal]
) -> None:
    known.unlink()
    known.mkdir()
    log = journal("key")
    someone = Someone("trust")
    async with someone.logged_in(at("key", key)):
        notes = someone.prompts[0].notes
        assert f"{known} cannot be read" in notes
        assert "for this session only" in notes
        assert any("trusted for this session only" in step for step in someone.steps)
        assert log.attempts == ["Accepted publickey"]
    assert list(known.iterdir()) == []
    async with someone.logged_in(at("key", key)):
        assert len(someone.prompts) == 1


@pytest.mark.parametrize(
    ("mode", "said"), [(0o000, "cannot be read"), (0o444, "cannot be written"), (0o644, "")]
)
def test_without_roots_rights_a_guarded_known_hosts_is_told_and_left_as_it_is(
    logins: LoginSite, at: At, laptop: Path, mode: int, said: str
) -> None:
    cluster, known = at("password"), laptop / "known_hosts"
    known.write_text(before := f"elsewhere {logins.host_key(BASTION)}\n")

    async def story() -> str:
        someone = Someone("trust", PASSWORD)
        async with someone.logged_in(cluster):
            return someone.prompts[0].notes

    asyncio.run(story())  # all that is imported before that must be, before the rights go
    for path in (laptop, known, *laptop.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    known.write_text(before)
    known.chmod(mode)

    notes = as_nobody(lambda: asyncio.run(story()))
    assert said in notes
    assert bool(notes) is bool(said)
    line = "" if said else f"{logins.address(LOGIN)} {logins.host_key(LOGIN)}\n"
    assert known.read_text() == before + line


@both
async def test_a_strict_configuration_asks_nothing(at: At, key: str, known: Path) -> None:
    error = await Someone().turned_away(at("key", key, "StrictHostKeyChecking yes"))
    assert isinstance(error, HostKeyError)


@pytest.mark.parametrize("setting", ["no", "accept-new"])
@both
async def test_a_careless_configuration_does_not_trust_a_key_by_itself(
    logins: LoginSite, at: At, key: str, known: Path, journal: Callable[..., Journal], setting: str
) -> None:
    cluster, log = at("key", key, f"StrictHostKeyChecking {setting}", "FingerprintHash md5"), journal("key")
    someone = Someone("once")
    async with someone.logged_in(cluster):
        assert someone.prompts[0].host_key
        assert someone.prompts[0].host_key.fingerprint == shown(logins)
        assert known.read_text() == ""
    known.write_text(f"{logins.address(LOGIN)} {logins.host_key(BASTION)}\n")
    assert "this may not be the real" in (await Someone().turned_away(cluster)).title
    assert log.attempts == ["Accepted publickey"]


@pytest.mark.parametrize("alias", ["-oProxyCommand=touch /tmp/owned", "-hpc", "", "a b"])
async def test_an_alias_that_is_none_is_refused(at: At, alias: str) -> None:
    error = await Someone().turned_away(at("key", host=alias))
    assert isinstance(error, ConfigError)


@both
async def test_a_key_in_the_file_of_revoked_ones_is_a_full_stop(
    logins: LoginSite, at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, revoked = journal("key"), laptop / "revoked"
    revoked.write_text(logins.host_key(LOGIN) + "\n")
    cluster = at("key", key, f"RevokedHostKeys {revoked}")
    error = await Someone().turned_away(cluster)
    assert isinstance(error, HostKeyError)
    assert "is revoked" in error.title
    assert (await probe_host(await resolve(cluster))).methods == ()
    revoked.unlink()
    assert "not known whether the host's key was revoked" in (await Someone().turned_away(cluster)).title
    assert log.attempts == []


async def test_a_known_hosts_in_a_folder_with_a_space_still_tells_a_change(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    known = laptop / "my files/known_hosts"
    known.parent.mkdir()
    known.write_text(f"{logins.address(LOGIN)} {logins.host_key(BASTION)}\n")
    error = await Someone().turned_away(at("key", key, f'UserKnownHostsFile "{known}"'))
    assert isinstance(error, HostKeyError)


async def test_without_a_file_of_one_s_own_the_trust_is_for_the_session(
    at: At, key: str, laptop: Path
) -> None:
    everybodys, someone = laptop / "everybodys", Someone("trust")
    cluster = at("key", key, "UserKnownHostsFile none", f"GlobalKnownHostsFile {everybodys}")
    async with someone.logged_in(cluster):
        assert "You have no known_hosts file" in someone.prompts[0].notes
        assert any("trusted for this session only" in step for step in someone.steps)
        assert not everybodys.exists()


@pytest.mark.parametrize("published", [True, False], ids=["this one", "another"])
@both
async def test_the_key_is_compared_with_those_that_the_site_publishes(
    logins: LoginSite, at: At, key: str, known: Path, published: bool
) -> None:
    someone, site = Someone("once"), shown(logins, LOGIN if published else BASTION)
    async with someone.logged_in(replace(at("key", key), fingerprints=(site,))):
        prompt = someone.prompts[0]
        assert prompt.host_key
        assert prompt.host_key.published is published
        assert (NOT_PUBLISHED in prompt.notes) is not published


async def test_a_server_that_does_not_wait_for_the_persons_yes_closes_the_question(
    logins: LoginSite, at: At, known: Path
) -> None:
    gone = asyncio.Event()

    async def thinks() -> str:
        try:
            return await asyncio.Future()
        except asyncio.CancelledError:
            gone.set()
            raise

    error = await Someone(thinks).turned_away(at("key", "Host hpc", f"  Port {HASTY_PORT}"))
    assert error.title == "key@hpc: the login node closed the connection"
    await asyncio.wait_for(gone.wait(), 5)
    assert known.read_text() == ""


async def test_without_ssh_on_the_path_the_user_is_told(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    error = await Someone().turned_away(at("key"))
    assert error.title == "OpenSSH's client was not found"


async def test_without_ssh_keygen_on_the_path_the_user_is_told(
    at: At, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (laptop / "bin").mkdir()
    (laptop / "bin/ssh").symlink_to("/usr/bin/ssh")
    monkeypatch.setenv("PATH", str(laptop / "bin"))
    error = await Someone().turned_away(at("key"))
    assert error.title == "ssh-keygen was not found"
    assert "openssh-client" in error.hint
