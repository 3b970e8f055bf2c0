"""The compute node behind the login: let in, asked, turned away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp, JupystraError, TunnelError
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.hostkeys import append

from ..cluster.sshd import bare_key
from .conftest import At
from .hops import FILED_AS, NODE, hop
from .journal import Journal
from .keys import PASSPHRASE
from .people import CODES, OTHER_PASSWORD, PASSWORD
from .site import LoginSite
from .someone import Someone


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


async def turned_away(connection: Connection, someone: Someone, laptop: Path) -> JupystraError:
    """What the person reads when the node does not let them in."""
    with pytest.raises(JupystraError) as caught:
        async with hop(connection, someone, laptop):
            pass
    return caught.value


async def test_the_key_of_the_login_opens_the_node_too(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("key", key)) as connection, hop(connection, someone, laptop) as tunnel:
        assert await tunnel.forward(range(47800, 47850), 9)


async def test_a_node_asks_for_a_password_in_its_own_name(
    at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, login, there = journal("nodepassword", NODE), Someone(), Someone(PASSWORD)
    async with login.logged_in(at("nodepassword", key)) as connection, hop(connection, there, laptop):
        assert [(prompt.asker, prompt.text) for prompt in there.prompts] == [(NODE, "Password")]
        assert log.verdicts == ["right"]


async def test_a_wrong_password_for_the_node_is_asked_again(
    at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, login, there = journal("nodepassword", NODE), Someone(), Someone("wrong", PASSWORD)
    async with login.logged_in(at("nodepassword", key)) as connection, hop(connection, there, laptop):
        assert there.prompts[1].notes
        assert log.verdicts == ["wrong", "right"]


async def test_the_password_of_the_login_is_not_sent_to_the_node_unasked(
    at: At, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, login, there = journal("otherpassword", NODE), Someone(PASSWORD), Someone(OTHER_PASSWORD)
    async with login.logged_in(at("otherpassword")) as connection, hop(connection, there, laptop):
        assert log.verdicts == ["right"]


async def test_a_node_may_ask_for_a_code(at: At, laptop: Path, journal: Callable[..., Journal]) -> None:
    log, login, there = journal("nodecode", NODE), Someone(PASSWORD), Someone(PASSWORD, CODES[0])
    async with login.logged_in(at("nodecode")) as connection, hop(connection, there, laptop):
        assert log.verdicts == ["right", "right"]


@pytest.mark.parametrize(("user", "before"), [("nodepassword", ()), ("nodepassword", ("wrong",))])
async def test_cancel_is_the_last_that_the_node_hears(
    at: At, key: str, laptop: Path, journal: Callable[..., Journal], user: str, before: tuple[str, ...]
) -> None:
    log = journal(user, NODE)
    async with Someone().logged_in(at(user, key)) as connection:
        error = await turned_away(connection, Someone(*before, None), laptop)
        assert isinstance(error, GivenUp)
        await log.ended()
        assert log.verdicts == ["wrong"] * len(before)
        assert log.attempts == ["Failed password"] * len(before)


async def test_cancel_at_a_nodes_code_is_the_last_that_it_hears(
    at: At, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log = journal("nodecode", NODE)
    async with Someone(PASSWORD).logged_in(at("nodecode")) as connection:
        error = await turned_away(connection, Someone(PASSWORD, None), laptop)
        assert isinstance(error, GivenUp)
        await log.ended()
        assert set(log.verdicts[1:]) <= {"aborted"}
        assert log.conversations == 1


async def test_a_node_without_a_job_of_ours_says_so(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("nodeshut", key)) as connection:
        error = await turned_away(connection, someone, laptop)
        assert isinstance(error, TunnelError)
        assert error.title == "The node lets nobody in who has no job there"


async def test_a_login_node_that_forbids_forwarding_is_explained(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("noforward", key)) as connection:
        error = await turned_away(connection, someone, laptop)
        assert "forbids tunnels" in error.title


async def test_a_server_of_one_session_still_lets_the_tunnel_through(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("single", key)) as connection, hop(connection, someone, laptop) as tunnel:
        assert not tunnel.ended.is_set()


async def test_a_node_with_another_key_than_before_is_a_full_stop(
    logins: LoginSite, at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, someone = journal("key", NODE), Someone()
    type_, blob = bare_key(logins.folder / "keys", "n2").split()
    append(laptop / "node_hosts", FILED_AS, type_, blob)
    async with someone.logged_in(at("key", key)) as connection:
        error = await turned_away(connection, someone, laptop)
        assert error.title == "The compute node shows another key than before"
        assert log.attempts == []


async def test_a_passphrase_given_for_the_login_opens_the_node_too(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    someone = Someone(PASSPHRASE)
    locked = f"IdentityFile {logins.keys / 'ed25519-locked'}"
    async with someone.logged_in(at("key", locked)) as connection, hop(connection, someone, laptop):
        assert len(someone.prompts) == 1
