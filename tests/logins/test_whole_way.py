"""From the dashboard's start to a ready notebook, through a real worker: every question is counted."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import SessionPhase, TunnelState
from jupystra_tui.model.cluster import OPENSSH, PARAMIKO
from jupystra_tui.text import Secret

from ..front_end import FrontEnd, attached
from .conftest import At, both
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
    ("user", "key", "answers", "transport"),
    [
        ("key", "ed25519", [], PARAMIKO),
        ("key", "ed25519-locked", [PASSPHRASE], PARAMIKO),
        ("password", "", [PASSWORD, PASSWORD], PARAMIKO),
        ("menu", "", [PASSWORD, "1", PASSWORD], PARAMIKO),
        ("menu", "", [PASSWORD, "1", PASSWORD], OPENSSH),
    ],
    ids=["key", "locked key", "password", "password and menu", "by OpenSSH"],
    indirect=["transport"],
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


@pytest.mark.parametrize(
    ("key", "known", "answers"),
    [
        ("ed25519", True, []),
        ("ed25519-locked", True, [PASSPHRASE]),
        ("ed25519", False, ["trust"]),
        ("ed25519", False, ["once"]),
    ],
    ids=["key", "locked key", "host trusted", "host accepted once"],
)
async def test_after_a_break_a_key_comes_back_by_itself_whatever_was_answered_for_good(
    slurm: LoginSite, at: At, laptop: Path, key: str, known: bool, answers: list[str | None]
) -> None:
    cluster = at("key", f"IdentityFile {slurm.keys / key}")
    if not known:
        (laptop / "known_hosts").write_text("")
    async with attached(cluster) as front_end:
        front_end.answers = list(answers)
        await front_end.log_in()
        slurm.kill_sessions("login")
        await front_end.until(lambda: _phase(front_end) is not SessionPhase.UP, "the break")
        await front_end.until(lambda: _phase(front_end) is SessionPhase.UP, "the way back")
        assert len(front_end.prompts) == len(answers)


async def test_after_a_break_a_password_of_the_command_line_is_gone_and_nobody_is_bothered(
    slurm: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    cluster = at("interactive")
    async with attached(cluster) as front_end:
        await front_end.client.request(protocol.Login(cluster, password=Secret(PASSWORD)))
        await front_end.until(lambda: _phase(front_end) is SessionPhase.UP, "the login")
        log = journal("interactive")
        slurm.kill_sessions("login")
        await front_end.until(lambda: _phase(front_end) is SessionPhase.WAITING, "the quiet word")
        assert (front_end.prompts, log.conversations) == ([], 0)


@both
async def test_a_question_that_nobody_foresaw_waits_for_the_user(
    slurm: LoginSite, at: At, laptop: Path
) -> None:
    async with attached(at("key", f"IdentityFile {slurm.keys / 'ed25519'}")) as front_end:
        await front_end.log_in()
        (laptop / "known_hosts").write_text("")
        slurm.kill_sessions("login")
        await front_end.until(lambda: _phase(front_end) is SessionPhase.WAITING, "the quiet word")
        assert front_end.prompts == []
        front_end.answers = ["trust"]
        await front_end.log_in()
        assert front_end.answers == []


async def test_a_node_s_password_that_is_held_costs_no_question_again(slurm: LoginSite, at: At) -> None:
    async with attached(at("nodepassword", f"IdentityFile {slurm.keys / 'ed25519'}")) as front_end:
        front_end.answers = [PASSWORD]
        await notebook(front_end)
        (tunnel,) = front_end.tunnels
        await front_end.client.request(protocol.Reconnect(tunnel.id))
        await front_end.until(lambda: front_end.tunnel(tunnel.id), "the tunnel once more")
        slurm.kill_sessions(tunnel.node)
        await front_end.until(lambda: not front_end.tunnel(tunnel.id), "the break")
        await front_end.until(lambda: front_end.tunnel(tunnel.id), "the tunnel healed")
        assert len(front_end.prompts) == 1


async def test_a_broken_tunnel_that_needs_a_code_asks_for_it_when_the_user_comes(
    slurm: LoginSite, at: At, journal: Callable[..., Journal]
) -> None:
    async with attached(at("nodecode")) as front_end:
        front_end.answers = [PASSWORD, PASSWORD, CODES[0]]
        await notebook(front_end)
        (tunnel,) = front_end.tunnels
        log = journal("nodecode", tunnel.node)
        slurm.kill_sessions(tunnel.node)
        await front_end.until(lambda: front_end.tunnels[0].state is TunnelState.WAITING, "the quiet word")
        assert len(front_end.prompts) == 3
        assert set(log.verdicts) <= {"right", "aborted"}
        front_end.answers = [CODES[1]]
        await front_end.client.request(protocol.Reconnect(tunnel.id))
        assert await front_end.url(tunnel.id)
        assert front_end.answers == []


async def test_tunnels_that_are_forbidden_are_not_tried_again_and_again(slurm: LoginSite, at: At) -> None:
    cluster = replace(at("noforward", f"IdentityFile {slurm.keys / 'ed25519'}"), poll=0.5, poll_floor=0.2)
    async with attached(cluster) as front_end:
        await front_end.log_in()
        job = (await front_end.launch()).job
        with pytest.raises(JupystraError, match="forbids tunnels"):
            await front_end.client.request(protocol.Connect(cluster.name, job))
        (tunnel,) = front_end.tunnels
        with pytest.raises(JupystraError, match="forbids tunnels"):
            await front_end.client.request(protocol.Reconnect(tunnel.id))
        failed = front_end.tunnels[0]
        assert failed.state is TunnelState.WAITING

        def later(seen: float) -> bool:
            return front_end.snapshot.taken > seen

        for _ in range(3):
            seen = front_end.snapshot.taken
            await front_end.until(partial(later, seen), "the next poll")
        assert front_end.tunnels[0] == failed


@both
async def test_after_a_break_a_code_is_neither_asked_nor_sent_until_the_user_comes(
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
        with pytest.raises(pytest.fail.Exception, match="Canceled"):
            await front_end.log_in()
        await log.ended()
        assert [how for how in log.verdicts if how != "aborted"] == ["right"]
        front_end.answers = [PASSWORD, "1"]
        await front_end.log_in()


def _phase(front_end: FrontEnd) -> SessionPhase | None:
    return front_end.session.phase if front_end.session else None
