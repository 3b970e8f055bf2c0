"""What is kept is known to be right, and goes to nobody but the one it was given for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.errors import GivenUp
from jupystra_tui.model import Cluster, SessionPhase

from ..cluster.nodes import LAN, LOGIN
from ..front_end import FrontEnd, attached
from . import keys
from .conftest import At
from .hops import hop
from .journal import Journal
from .people import CODES, OTHER_PASSWORD, PASSWORD
from .servers import BASTION
from .site import LoginSite
from .someone import Someone

KEYRING = """
import json, pathlib
FILE = pathlib.Path({file!r})
def get_password(service, account):
    return json.loads(FILE.read_text()).get(account)
def set_password(service, account, password):
    FILE.write_text(json.dumps({{**json.loads(FILE.read_text()), account: password}}))
"""


@pytest.fixture
def keychain(laptop: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, str]]:
    """A keychain that the worker finds; what it holds."""
    folder, file = laptop / "site-packages", laptop / "keychain.json"
    folder.mkdir()
    file.write_text("{}")
    (folder / "keyring.py").write_text(KEYRING.format(file=str(file)))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return lambda: json.loads(file.read_text())


def kept_by(cluster: Cluster) -> Cluster:
    return replace(cluster, keychain=True)


async def test_the_keychain_gets_a_password_only_once_it_was_right(
    slurm: LoginSite, at: At, keychain: Callable[[], dict[str, str]]
) -> None:
    cluster = kept_by(at("interactive"))
    async with attached(cluster) as front_end:
        front_end.answers = ["wrong", None]
        with pytest.raises(pytest.fail.Exception, match="Canceled"):
            await front_end.log_in()
        assert keychain() == {}
        front_end.answers = ["wrong", PASSWORD]
        await front_end.log_in()
        assert keychain() == {"interactive@hpc": PASSWORD}
        await front_end.client.request(protocol.Logout(cluster.name))
        await front_end.until(lambda: front_end.session is None, "the logout")
        front_end.prompts.clear()
        await front_end.log_in()
        assert front_end.prompts == []


async def test_the_keychain_s_password_is_not_for_a_bastion(
    slurm: LoginSite, at: At, keychain: Callable[[], dict[str, str]], journal: Callable[..., Journal]
) -> None:
    gate = journal("guarded", BASTION)
    inside = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}", "  ProxyJump bastion")
    cluster = kept_by(at("guarded", *inside, "Host *", host="inside"))
    async with attached(cluster) as front_end:
        front_end.answers = [PASSWORD, CODES[0], OTHER_PASSWORD]
        await front_end.log_in()
        assert [bool(prompt.keep) for prompt in front_end.prompts] == [False, False, True]
        assert keychain() == {"guarded@inside": OTHER_PASSWORD}
        await again(front_end, [PASSWORD, CODES[1]])
        assert gate.verdicts == ["right"] * 4


async def again(front_end: FrontEnd, answers: list[str | None]) -> None:
    """Log out and in."""
    await front_end.client.request(protocol.Logout(front_end.cluster.name))
    await front_end.until(lambda: front_end.session is None, "the logout")
    front_end.answers = answers
    session = await front_end.log_in()
    assert session.phase is SessionPhase.UP
    assert front_end.answers == []


async def test_a_wrong_passphrase_on_the_way_is_not_kept(logins: LoginSite, at: At, laptop: Path) -> None:
    locked = f"  IdentityFile {logins.keys / 'ed25519-locked'}"
    plain = f"  IdentityFile {logins.keys / 'ed25519'}"
    cluster = at("key", "Host n1", locked, "Host hpc", plain, "Host *")
    someone = Someone()
    async with someone.logged_in(cluster) as connection:
        there = Someone("wrong", None)
        there.vault = someone.vault
        with pytest.raises(GivenUp):
            async with hop(connection, there, laptop):
                pass
        assert someone.vault.passphrase(logins.keys / "ed25519-locked") is None
        later = Someone(keys.PASSPHRASE)
        later.vault = someone.vault
        async with hop(connection, later, laptop):
            assert later.prompts[0].notes == ""
        last = Someone()
        last.vault = someone.vault
        async with hop(connection, last, laptop):
            assert last.prompts == []


@pytest.mark.parametrize(
    ("user", "answers", "held"),
    [("interactive", ("wrong", PASSWORD), PASSWORD), ("code", (PASSWORD, CODES[0]), PASSWORD)],
)
async def test_the_password_that_may_be_offered_is_the_one_that_was_right(
    at: At, user: str, answers: tuple[str, ...], held: str
) -> None:
    someone = Someone(*answers)
    async with someone.logged_in(at(user)):
        assert someone.vault.login_password
        assert someone.vault.login_password.reveal() == held


async def test_a_login_that_fails_leaves_no_password_behind(at: At) -> None:
    someone = Someone("a", "b", "c")
    await someone.turned_away(at("interactive"))
    assert someone.vault.login_password is None
