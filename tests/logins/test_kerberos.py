"""Logins by a Kerberos ticket, from a real KDC: OpenSSH does them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError

from ..cluster.conftest import give_up
from ..cluster.nodes import LOGIN
from . import kerberos_realm as kerberos
from .conftest import At
from .hops import NODE, hop
from .kerberos_realm import USER, KerberosRealm
from .site import LoginSite
from .someone import Someone

SETTING = "GSSAPIAuthentication yes"


@pytest.fixture(scope="module")
def prepared(logins: LoginSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KerberosRealm]:
    """The realm, whose keys the login node and a compute node have."""
    if missing := kerberos.missing():
        give_up(f"no Kerberos here: {missing}")
    hosts = (logins.address(LOGIN), NODE)
    with kerberos.kerberos_realm(tmp_path_factory.mktemp("kdc"), hosts) as realm:
        for node in (LOGIN, NODE):
            etc = logins.nodes[node].root / "etc"
            shutil.copy(realm.config, etc / "krb5.conf")
            shutil.copy(realm.keytab, etc / "krb5.keytab")
        yield realm


@pytest.fixture
def realm(prepared: KerberosRealm, monkeypatch: pytest.MonkeyPatch) -> KerberosRealm:
    """The realm, without a ticket."""
    for name, value in prepared.environment.items():
        monkeypatch.setenv(name, value)
    prepared.drop_ticket()
    return prepared


async def test_a_ticket_opens_the_login_and_the_compute_node_without_a_question(
    realm: KerberosRealm, at: At, laptop: Path
) -> None:
    realm.take_ticket()
    someone = Someone()
    async with someone.logged_in(at(USER, SETTING)) as connection:
        assert connection.why == "GSSAPIAuthentication, and there is a Kerberos ticket"
        assert [one.label for one in connection.server_info.accepted] == ["Kerberos ticket"]
        someone._answers.append("once")
        async with hop(connection, someone, laptop) as way:
            assert not way.ended.is_set()


@pytest.mark.parametrize("state", ["none", "expired"])
async def test_without_a_valid_ticket_the_user_is_told_to_get_one(
    realm: KerberosRealm, at: At, state: str
) -> None:
    if state == "expired":
        realm.take_expired_ticket()
    error = await Someone().turned_away(at(USER, SETTING))
    why = "there is none" if state == "none" else "yours has expired"
    assert isinstance(error, AuthError)
    assert error.title == f"{USER}@hpc accepts a Kerberos ticket, and {why}"
    assert "kinit" in error.hint


async def test_a_ticket_of_another_user_is_named(realm: KerberosRealm, at: At) -> None:
    realm.take_ticket()
    error = await Someone().turned_away(at("kerberos2", SETTING))
    assert error.title == "kerberos2@hpc did not accept the Kerberos ticket"


async def test_a_ticket_does_not_change_a_login_that_does_not_use_it(
    logins: LoginSite, realm: KerberosRealm, at: At
) -> None:
    realm.take_ticket()
    key = f"IdentityFile {logins.keys / 'ed25519'}"
    async with Someone().logged_in(at("key", key, "GSSAPIAuthentication no")) as connection:
        assert connection.transport == "paramiko"
