"""A bastion in front of the login node, with questions of its own."""

from collections.abc import Callable

import pytest

from jupystra_tui.errors import GivenUp

from ..cluster.nodes import LAN, LOGIN
from .conftest import At
from .journal import Journal
from .keys import PASSPHRASE
from .people import CODES, OTHER_PASSWORD, PASSWORD
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


async def test_a_bastion_that_turns_us_away_is_explained(at: At, inside: tuple[str, ...]) -> None:
    error = await Someone().turned_away(at("key", *inside, host="inside"))
    assert error.title.startswith("The way to the login node failed: ")
    assert "Permission denied (publickey)" in error.detail
