"""The instruments of the other stories: what they must notice, they do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ..cluster.nodes import LOGIN
from . import servers
from .conftest import At
from .journal import Journal
from .leaks import on_show
from .people import CODES, PASSWORD
from .site import LoginSite
from .someone import Someone


@pytest.mark.parametrize(
    ("answer", "verdict"), [(PASSWORD, "leaked"), ("7", "wrong"), ("", "empty"), ("1", "right")]
)
async def test_how_an_answer_was_is_logged(
    at: At, journal: Callable[..., Journal], answer: str, verdict: str
) -> None:
    log, more = journal("menu"), [] if answer == "1" else ["1"]
    async with Someone(PASSWORD, answer, *more).logged_in(at("menu")):
        assert log.verdicts[1] == verdict


async def test_a_code_is_good_for_one_login(at: At, journal: Callable[..., Journal]) -> None:
    log, cluster = journal("code"), at("code")
    for _ in range(2):
        someone = Someone(PASSWORD, CODES[0], PASSWORD, CODES[1])
        connection = await someone.connect(cluster)
        await connection.aclose()
    assert log.verdicts == ["right", "right", "right", "replayed", "right", "right"]


async def test_the_log_holds_no_answer(logins: LoginSite, at: At) -> None:
    async with Someone(PASSWORD, CODES[0]).logged_in(at("code")):
        logged = logins.log(LOGIN, servers.PAM_LOG).read_text()
    assert not [word for word in (PASSWORD, CODES[0]) if word in logged]


def test_a_secret_in_a_file_is_seen(laptop: Path) -> None:
    (laptop / "state").mkdir()
    (laptop / "state/notes").write_text(f"password={PASSWORD}")
    assert on_show(laptop) == {PASSWORD}


async def test_a_connection_is_counted_until_it_ends(
    logins: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("password")
    async with Someone(PASSWORD).logged_in(at("password")):
        assert servers.connections(logins.nodes[LOGIN])
    await log.ended()
    assert not servers.connections(logins.nodes[LOGIN])
