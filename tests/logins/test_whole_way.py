"""From the dashboard's start to a ready notebook, through a real worker: every question is counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.model import SessionPhase

from ..front_end import FrontEnd, attached
from .conftest import At
from .journal import Journal
from .keys import PASSPHRASE
from .leaks import on_show
from .people import CODES, PASSWORD
from .site import LoginSite


async def notebook(front_end: FrontEnd) -> None:
    """Log in and start a server whose page may be opened."""
    await front_end.log_in()
    launch = await front_end.launch()
    assert launch.problem is None
    assert await front_end.url(launch.tunnel)


@pytest.mark.parametrize(
    ("user", "key", "answers"),
    [
        ("key", "ed25519", []),
        ("key", "ed25519-locked", [PASSPHRASE]),
        ("password", "", [PASSWORD, PASSWORD]),
        ("menu", "", [PASSWORD, "1", PASSWORD]),
    ],
    ids=["key", "locked key", "password", "password and menu"],
)
async def test_a_notebook_costs_no_question_too_many_and_coming_back_none(
    slurm: LoginSite, at: At, laptop: Path, user: str, key: str, answers: list[str | None]
) -> None:
    cluster = at(user, *([f"IdentityFile {slurm.keys / key}"] if key else []))
    async with attached(cluster) as front_end:
        front_end.answers = list(answers)
        await notebook(front_end)
        assert front_end.answers == []
        assert len(front_end.prompts) == len(answers)
        assert (await front_end.launch()).ready
        assert len(front_end.prompts) == len(answers)
        assert on_show(laptop) == set()
    async with attached(cluster) as again:
        tunnels = await again.until(lambda: again.tunnels, "the tunnels")
        assert await again.url(tunnels[0].id)
        assert again.prompts == []


async def test_after_a_break_a_key_comes_back_by_itself(slurm: LoginSite, at: At) -> None:
    async with attached(at("key", f"IdentityFile {slurm.keys / 'ed25519'}")) as front_end:
        await front_end.log_in()
        slurm.kill_sessions("login")
        await front_end.until(lambda: _phase(front_end) is not SessionPhase.UP, "the break")
        await front_end.until(lambda: _phase(front_end) is SessionPhase.UP, "the way back")
        assert front_end.prompts == []


async def test_after_a_break_a_code_is_neither_asked_nor_sent_until_the_person_comes(
    slurm: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    async with attached(at("code")) as front_end:
        front_end.answers = [PASSWORD, CODES[0]]
        await front_end.log_in()
        log = journal("code")
        slurm.kill_sessions("login")
        await front_end.until(lambda: _phase(front_end) is SessionPhase.WAITING, "the quiet word")
        assert (len(front_end.prompts), log.attempts, log.conversations) == (2, [], 0)
        front_end.answers = [PASSWORD, CODES[1]]
        await front_end.log_in()
        assert log.verdicts == ["right", "right"]


async def test_cancelling_the_login_ends_it_and_a_second_try_works(
    slurm: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    log = journal("menu")
    async with attached(at("menu")) as front_end:
        front_end.answers = [PASSWORD, None]
        with pytest.raises(pytest.fail.Exception, match="Given up"):
            await front_end.log_in()
        await log.ended()
        assert [how for how in log.verdicts if how != "aborted"] == ["right"]
        front_end.answers = [PASSWORD, "1"]
        await front_end.log_in()


def _phase(front_end: FrontEnd) -> SessionPhase | None:
    return front_end.session.phase if front_end.session else None
