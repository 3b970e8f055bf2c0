"""OpenSSH carries the connection, over a master of its own or one that runs already; it leaves nothing behind."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from jupystra_tui.errors import GivenUp
from jupystra_tui.model.cluster import OPENSSH

from ..cluster.nodes import LOGIN
from .conftest import At
from .hops import hop
from .journal import Journal
from .laptop_programs import own_master, run
from .people import CODES, PASSWORD
from .site import LoginSite
from .someone import Someone

by_openssh = pytest.mark.parametrize("transport", [OPENSSH], indirect=True)


@pytest.fixture
def key(logins: LoginSite) -> str:
    return f"IdentityFile {logins.keys / 'ed25519'}"


def ours(laptop: Path) -> dict[int, str]:
    """The processes that work in the laptop's folder: their ids and command lines."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{laptop}/m-" in words or f"{laptop}/askpass-" in words:
            found[int(entry.name)] = words
    return found


def sockets(laptop: Path) -> list[str]:
    return [path.name for path in laptop.iterdir() if path.name[:2] in ("m-", "k-", "a-", "s-")]


async def until_gone(laptop: Path) -> None:
    """Wait until no process and no socket of the connection is left."""
    async with asyncio.timeout(10):
        while ours(laptop) or sockets(laptop):  # noqa: ASYNC110  nothing reports their end
            await asyncio.sleep(0.05)


async def test_a_master_that_runs_already_is_used_and_outlives_us(
    logins: LoginSite, at: At, key: str, laptop: Path, journal: Callable[..., Journal]
) -> None:
    control = laptop / "theirs"
    cluster, log, someone = at("key", f"ControlPath {control}", key), journal("key"), Someone()
    with own_master(cluster.ssh_config, control) as pid:
        assert log.attempts == (their_login := ["Accepted publickey"])
        cluster = at("key", f"ControlPath {control}", "Host n1", f"  {key}", "Host *")
        async with someone.logged_in(cluster) as connection, hop(connection, someone, laptop):
            assert "your own OpenSSH master" in connection.transport
            assert await connection.answers()
        assert (someone.prompts, log.attempts) == ([], their_login)
        assert f"pid={pid}" in run("ssh", "-S", str(control), "-O", "check", "x")
        assert sockets(laptop) == []


@pytest.mark.parametrize("left", ["nothing", "a socket without a master"])
@by_openssh
async def test_without_a_master_of_their_own_ours_leaves_their_path_alone(
    at: At, key: str, laptop: Path, left: str
) -> None:
    control = laptop / "theirs"
    cluster = at("key", f"ControlPath {control}", "ControlMaster auto", "ControlPersist 60", key)
    if left != "nothing":
        with own_master(cluster.ssh_config, control) as pid:
            os.kill(pid, signal.SIGKILL)
    before = control.exists()
    async with Someone().logged_in(cluster) as connection:
        assert connection.transport == "OpenSSH"
        assert control.exists() is before
    await until_gone(laptop)


@by_openssh
async def test_a_master_that_dies_is_noticed_and_leaves_nothing(at: At, key: str, laptop: Path) -> None:
    async with Someone().logged_in(at("key", key)) as connection:
        (pid,) = [pid for pid, words in ours(laptop).items() if words.partition(" ")[0].endswith("ssh")]
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(5):
            await connection.lost.wait()
        assert not connection.alive
        await until_gone(laptop)


@by_openssh
@pytest.mark.parametrize("answers", [(), (PASSWORD,)])
async def test_cancel_leaves_no_process_and_no_file(at: At, laptop: Path, answers: tuple[str, ...]) -> None:
    error = await Someone(*answers, None).turned_away(at("menu"))
    assert isinstance(error, GivenUp)
    await until_gone(laptop)


@by_openssh
async def test_a_login_that_is_cancelled_by_the_program_ends_ssh(at: At, laptop: Path) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        asked.set()
        await never.wait()
        return ""

    login = asyncio.create_task(Someone(slow).connect(at("password")))
    async with asyncio.timeout(10):
        await asked.wait()
    assert ours(laptop)
    login.cancel()
    with pytest.raises(asyncio.CancelledError):
        await login
    await until_gone(laptop)


@by_openssh
async def test_a_second_login_after_a_break_reuses_what_was_trusted(
    logins: LoginSite, at: At, key: str, laptop: Path
) -> None:
    cluster, someone = at("key", key), Someone("once")
    (laptop / "known_hosts").write_text("")
    async with someone.logged_in(cluster):
        logins.kill_sessions(LOGIN)
    again = Someone()
    again.trusted = someone.trusted
    async with again.logged_in(cluster):
        assert (laptop / "known_hosts").read_text() == ""


@by_openssh
async def test_the_story_of_a_login_names_its_steps(at: At, key: str, logins: LoginSite) -> None:
    someone = Someone(PASSWORD, CODES[0])
    async with someone.logged_in(at("code", key)) as connection:
        told = "\n".join(someone.steps)
        assert "host key known" in told
        assert "waiting for the login node's questions" in told
        assert [one.label for one in connection.server_info.accepted] == ["the answer"]
        assert connection.server_info.prompts == 2
        assert connection.server_info.key == logins.host_key(LOGIN).split()[1]
        assert connection.server_info.software.startswith("SSH-2.0-OpenSSH")
