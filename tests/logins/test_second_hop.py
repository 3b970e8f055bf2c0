"""The compute node behind the login: let in, asked, turned away."""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui.errors import AuthError, ConnectError, GivenUp, JupystraError, TunnelError
from jupystra_tui.ssh import agent, connection, heartbeat, ssh_tunnel
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.identification import ForwardingForbidden
from jupystra_tui.ssh.known_hosts import add_key
from jupystra_tui.ssh.node_host_keys import ensure_host_key
from jupystra_tui.ssh.paramiko_link import ParamikoLink

from ..cluster.sshd import bare_key
from . import agents
from .conftest import At, both
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
    """What the user reads when the node does not let them in."""
    with pytest.raises(JupystraError) as caught:
        async with hop(connection, someone, laptop):
            pass
    return caught.value


@both
async def test_the_key_of_the_login_opens_the_node_too(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("key", key)) as connection, hop(connection, someone, laptop) as way:
        await way.forward(9)


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


async def test_three_wrong_answers_are_all_that_a_node_hears(
    at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log = journal("either_way", NODE)
    async with Someone().logged_in(at("either_way", key)) as connection:
        error = await turned_away(connection, Someone(*["wrong"] * 3), laptop)
        assert isinstance(error, AuthError)
        assert "not accepted 3 times" in error.title
        await log.ended()
        assert [how for how in log.verdicts if how != "aborted"] == ["wrong"] * 3


async def test_a_wrong_password_is_not_taken_for_a_wrong_key(at: At, key: str, laptop: Path) -> None:
    async with Someone().logged_in(at("nodepassword", key)) as connection:
        error = await turned_away(connection, Someone(*["wrong"] * 3), laptop)
        assert error.title == "The compute node did not accept the answers"


async def test_a_node_that_hangs_up_closes_its_question(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    closed = asyncio.Event()

    async def late() -> str:
        logins.kill_sessions(NODE)
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()
        return PASSWORD

    async with Someone().logged_in(at("nodepassword", key)) as connection:
        async with asyncio.timeout(10):
            error = await turned_away(connection, Someone(late), laptop)
        assert closed.is_set()
        assert error.title == f"{NODE} closed the connection before the login was complete"


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
        assert error.title == "The compute node accepts only users with a job there"


@both
async def test_a_login_node_that_forbids_forwarding_is_explained(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("noforward", key)) as connection:
        error = await turned_away(connection, someone, laptop)
        assert "forbids tunnels" in error.title


async def test_a_login_node_that_forbids_forwarding_to_a_node_nobody_knows_is_explained_too(
    at: At, key: str, laptop: Path
) -> None:
    someone, files = Someone(), (laptop / "node_hosts", laptop / "node_hosts.once")
    async with someone.logged_in(at("noforward", key)) as connection:
        with pytest.raises(ForwardingForbidden, match="forbids tunnels"):
            await ensure_host_key(connection, "nowhere", "nowhere.hpc", files, someone.ask)


@both
async def test_a_command_that_took_too_long_is_named_where_nothing_else_may_run_beside_it(
    at: At, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ENDING_SECONDS", 0.2)
    async with Someone().logged_in(at("single", key)) as ours:
        with pytest.raises(ConnectError, match="did not answer within"):
            await ours.run("sleep 20", 0.2)
        with pytest.raises(ConnectError, match="still runs the command"):
            await ours.run("true")


@both
async def test_where_one_session_is_allowed_a_login_shell_takes_the_place_of_the_plain_one(
    at: At, key: str
) -> None:
    async with Someone().logged_in(at("single", key)) as connection:
        for _ in range(4):
            connection.use_login_shell()
            assert (await connection.run("echo again")).out == b"again\n"


async def test_a_ping_that_cannot_be_sent_ends_the_connection_where_the_host_takes_a_new_one(
    at: At, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(transport: object) -> None:
        raise OSError("no key exchange in time")

    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(ParamikoLink, "ping", fail)
    async with Someone().logged_in(at("key", key)) as ours:
        async with asyncio.timeout(15):
            await ours.lost.wait()


async def test_an_agent_that_hangs_since_the_login_is_left_out(
    at: At, key: str, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "LIST_SECONDS", 0.2)
    someone = Someone()
    with agents.odd_agent(laptop, None) as hung:
        async with someone.logged_in(at("key", key)) as connection:
            connection.endpoint = replace(connection.endpoint, agent=hung)
            async with hop(connection, someone, laptop):
                assert any("continuing without it" in step for step in someone.steps)


async def test_an_agent_that_never_signs_does_not_outlast_the_nodes_patience(
    logins: LoginSite, at: At, key: str, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def serve() -> None:
        with listener.accept()[0] as ours:
            ours.recv(64)
            ours.sendall(agents.listed(logins.keys / "ed25519.pub"))
        with listener.accept()[0] as sshs:
            sshs.recv(1)
            logins.kill_sessions(NODE)
            over.wait()

    monkeypatch.setattr(ssh_tunnel, "END_SECONDS", 0.2)
    someone, path = Someone(), str(laptop / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        threading.Thread(target=serve, daemon=True).start()
        async with someone.logged_in(at("key", key)) as connection:
            connection.endpoint = replace(connection.endpoint, agent=path)
            async with asyncio.timeout(10):
                error = await turned_away(connection, someone, laptop)
        over.set()
    assert error.title == f"{NODE} closed the connection before the login was complete"


async def test_what_the_configuration_says_of_a_node_does_not_bend_the_tunnel(
    at: At, key: str, laptop: Path
) -> None:
    hostile = (
        "Host n1",
        "  ForkAfterAuthentication yes",
        "Host *",
        "  IgnoreUnknown Use*",
        "  UseKeychain yes",
    )
    someone = Someone()
    async with (
        someone.logged_in(at("key", *hostile, key)) as connection,
        hop(connection, someone, laptop) as way,
    ):
        await way.forward(9)
        assert not way.ended.is_set()


@both
async def test_a_server_of_one_session_still_lets_the_tunnel_through(at: At, key: str, laptop: Path) -> None:
    someone = Someone()
    async with someone.logged_in(at("single", key)) as connection, hop(connection, someone, laptop) as way:
        assert not way.ended.is_set()


async def test_a_node_with_another_key_than_before_is_a_full_stop(
    logins: LoginSite, at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    log, someone = journal("key", NODE), Someone()
    type_, blob = bare_key(logins.folder / "keys", "n2").split()
    add_key(laptop / "node_hosts", FILED_AS, type_, blob)
    async with someone.logged_in(at("key", key)) as connection:
        error = await turned_away(connection, someone, laptop)
        assert error.title == "The compute node shows another host key than before"
        assert log.attempts == []


async def test_a_passphrase_given_for_the_login_opens_the_node_too(
    logins: LoginSite, at: At, laptop: Path
) -> None:
    someone = Someone(PASSPHRASE)
    locked = f"IdentityFile {logins.keys / 'ed25519-locked'}"
    async with someone.logged_in(at("key", locked)) as connection, hop(connection, someone, laptop):
        assert len(someone.prompts) == 1
