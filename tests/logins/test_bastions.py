"""A bastion in front of the login node, with questions of its own."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import AuthError, ConnectError, GivenUp, HostKeyError
from jupystra_tui.model import PromptKind
from jupystra_tui.ssh import login_socket
from jupystra_tui.ssh.public_key import fingerprint

from ..cluster.nodes import LAN, LOGIN
from .conftest import At, both
from .journal import Journal
from .keys import PASSPHRASE
from .people import CODES, EXPIRED, OTHER_PASSWORD, PASSWORD
from .servers import BASTION
from .site import LoginSite
from .someone import Someone

INSIDE = ("Host inside", f"  HostName {LAN[LOGIN]}", f"  HostKeyAlias {LOGIN}")
WAYS = {"jump": "  ProxyJump bastion", "command": "  ProxyCommand ssh -F {config} -W [%h]:%p bastion"}


@pytest.fixture(params=WAYS)
def inside(request: pytest.FixtureRequest, laptop: object) -> tuple[str, ...]:
    """Lines of a configuration that reach the login node through the bastion only."""
    return (*INSIDE, WAYS[request.param].format(config=f"{laptop}/ssh_config"), "Host *")


async def test_a_key_opens_both(logins: LoginSite, at: At, inside: tuple[str, ...]) -> None:
    cluster = at("key", *inside, f"  IdentityFile {logins.keys / 'ed25519'}", host="inside")
    async with Someone().logged_in(cluster) as connection:
        assert (await connection.run("hostname")).out == b"login\n"


async def test_tokens_and_variables_are_those_of_each_host(
    logins: LoginSite, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYS", str(logins.keys))
    lines = (*INSIDE, "  ProxyJump %r@bastion", "Host *", "  IdentityFile ${KEYS}/ed25519")
    async with Someone().logged_in(at("key", *lines, host="inside")):
        pass


async def test_a_bastion_that_closes_the_account_says_so(
    logins: LoginSite, at: At, inside: tuple[str, ...]
) -> None:
    key = f"  IdentityFile {logins.keys / 'ed25519'}"
    error = await Someone().turned_away(at("expiredgate", *inside, key, host="inside"))
    assert error.title == f"The jump host closed the connection: {EXPIRED}"
    assert "restarting" not in error.hint


@both
async def test_both_ask_and_each_once(
    logins: LoginSite, at: At, journal: Callable[..., Journal], inside: tuple[str, ...]
) -> None:
    gate, log = journal("guarded", BASTION), journal("guarded")
    someone = Someone(PASSWORD, CODES[0], OTHER_PASSWORD)
    async with someone.logged_in(at("guarded", *inside, host="inside")):
        assert [prompt.asker for prompt in someone.prompts][2] == "guarded@inside"
        assert gate.verdicts == ["right", "right"]
        assert log.verdicts == ["right"]


@pytest.mark.parametrize("answers", [(), (PASSWORD,), (PASSWORD, CODES[0])])
async def test_cancel_at_any_prompt_is_the_last_that_anybody_hears(
    at: At, journal: Callable[..., Journal], inside: tuple[str, ...], answers: tuple[str, ...]
) -> None:
    gate, log = journal("guarded", BASTION), journal("guarded")
    error = await Someone(*answers, None).turned_away(at("guarded", *inside, host="inside"))
    assert isinstance(error, GivenUp)
    await gate.ended()
    await log.ended()
    assert [how for how in gate.verdicts if how != "aborted"] == ["right"] * len(answers)
    assert gate.conversations == 1
    assert log.attempts == []


async def test_one_passphrase_opens_both(logins: LoginSite, at: At, inside: tuple[str, ...]) -> None:
    someone = Someone(PASSPHRASE)
    locked = f"  IdentityFile {logins.keys / 'ed25519-locked'}"
    async with someone.logged_in(at("key", *inside, locked, host="inside")):
        assert len(someone.prompts) == 1


async def test_a_wrong_code_is_asked_again_and_never_sent_again(
    at: At, journal: Callable[..., Journal], inside: tuple[str, ...]
) -> None:
    gate = journal("guarded", BASTION)
    someone = Someone(PASSWORD, "000000", PASSWORD, CODES[0], OTHER_PASSWORD)
    async with someone.logged_in(at("guarded", *inside, host="inside")):
        assert gate.verdicts == ["right", "wrong", "right", "right"]


@both
async def test_a_bastion_that_turns_us_away_is_explained(at: At, inside: tuple[str, ...]) -> None:
    error = await Someone().turned_away(at("key", *inside, host="inside"))
    assert isinstance(error, AuthError)
    assert error.title.startswith("The connection to the login node failed: ")
    assert "Permission denied (publickey)" in error.detail


async def test_an_answer_that_comes_too_late_for_the_bastion_is_explained(
    logins: LoginSite, at: At, inside: tuple[str, ...]
) -> None:
    async def late() -> str:
        logins.kill_sessions(BASTION)
        return PASSWORD

    error = await Someone(late).turned_away(at("guarded", *inside, host="inside"))
    assert isinstance(error, ConnectError)
    assert error.hint == "It may have waited too long for an answer: try again."


async def test_three_wrong_answers_are_all_that_a_bastion_hears(
    at: At, journal: Callable[..., Journal], inside: tuple[str, ...]
) -> None:
    gate = journal("either_way", BASTION)
    error = await Someone(*["wrong"] * 3).turned_away(at("either_way", *inside, host="inside"))
    assert isinstance(error, AuthError)
    assert "not accepted 3 times" in error.title
    await gate.ended()
    assert [how for how in gate.verdicts if how != "aborted"] == ["wrong"] * 3


async def test_a_bastion_with_another_key_than_before_is_a_full_stop(
    logins: LoginSite, at: At, laptop: Path, inside: tuple[str, ...]
) -> None:
    cluster, known = at("guarded", *inside, host="inside"), laptop / "known_hosts"
    known.write_text(f"{logins.address(BASTION)} {logins.host_key('n1')}\n{LOGIN} {logins.host_key(LOGIN)}\n")
    error = await Someone().turned_away(cluster)
    assert isinstance(error, HostKeyError)
    assert error.title.startswith(f"The host key of {logins.address(BASTION)} has changed")
    for node in (BASTION, "n1"):
        assert fingerprint(logins.host_key(node).split()[1]) in error.detail
    assert f"ssh-keygen -R {logins.address(BASTION)} -f {known}" in error.hint


@both
async def test_a_bastion_that_nobody_knows_shows_its_key_and_is_kept_where_it_is_trusted(
    logins: LoginSite, at: At, laptop: Path, inside: tuple[str, ...]
) -> None:
    cluster = at("key", *inside, f"  IdentityFile {logins.keys / 'ed25519'}", host="inside")
    known = laptop / "known_hosts"
    known.write_text(f"{LOGIN} {logins.host_key(LOGIN)}\n")
    someone = Someone("trust")
    async with someone.logged_in(cluster):
        (prompt,) = someone.prompts
        assert prompt.kind is PromptKind.HOST_KEY
        assert prompt.host_key
        assert prompt.host_key.fingerprint == fingerprint(logins.host_key(BASTION).split()[1])
        assert not prompt.host_key.once
    async with Someone().logged_in(cluster):
        assert logins.address(BASTION) in known.read_text()


@pytest.mark.parametrize("answer", ["no", "once"])
async def test_a_bastion_that_is_not_trusted_hears_nothing(
    logins: LoginSite, at: At, laptop: Path, journal: Callable[..., Journal], answer: str
) -> None:
    cluster = at("guarded", *INSIDE, WAYS["jump"], "Host *", host="inside")
    known, gate = laptop / "known_hosts", journal("guarded", BASTION)
    known.write_text(f"{LOGIN} {logins.host_key(LOGIN)}\n")
    error = await Someone(answer).turned_away(cluster)
    assert isinstance(error, GivenUp)
    await gate.ended()
    assert (gate.conversations, gate.attempts) == (0, [])
    assert logins.address(BASTION) not in known.read_text()


async def test_what_a_bastion_says_is_told_and_stands_above_its_question(
    at: At, inside: tuple[str, ...]
) -> None:
    someone = Someone(PASSWORD, OTHER_PASSWORD)
    async with someone.logged_in(at("pushed", *inside, host="inside")):
        assert "Pushed a login request to your device..." in someone.steps
        assert "Authorised users only." in someone.prompts[0].notes


async def test_a_way_that_hangs_is_told_and_ends(
    at: At, laptop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_socket, "SILENT_SECONDS", 0.1)
    someone, hung = Someone(), str(laptop / "agent")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(hung)
        listener.listen()
        lines = ("Host bastion", f"  IdentityAgent {hung}", *INSIDE, WAYS["jump"], "Host *")
        error = await someone.turned_away(at("key", *lines, host="inside"))
    assert isinstance(error, ConnectError)
    assert "did not answer through the proxy or jump host" in error.title
    assert someone.steps.count(login_socket.SILENT) == 1
