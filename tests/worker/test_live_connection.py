"""Whoever asks a session for its connection gets one that lives, or is told why there is none."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupystra_tui.errors import ConnectError, NotSent
from jupystra_tui.model import Cluster, Layer
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.worker import connection_keeper
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.open_prompts import OpenPrompts
from jupystra_tui.worker.session import ClusterSession
from jupystra_tui.worker.sleep_watch import SleepWatch

GONE = ConnectError("The login node does not answer", "Wait.", layer=Layer.NETWORK)


class Connection:
    """Stands in for a connection: it lives until `lost` is set, or until only its transport has ended."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.transport_lives = True
        self.closed = False

    @property
    def alive(self) -> bool:
        return self.transport_lives and not self.lost.is_set()

    async def aclose(self) -> None:
        self.closed = True


class Login:
    """Stands in for the login: gives these connections in turn, each only when it is let."""

    def __init__(self, *connections: Connection) -> None:
        self.let = asyncio.Event()
        self.fails = False
        self._connections = iter(connections)

    async def first(self) -> Connection:
        return next(self._connections)

    async def again(self) -> Connection:
        await self.let.wait()
        if self.fails:
            raise GONE
        return next(self._connections)

    def come(self) -> None:
        pass

    def settle(self) -> None:
        pass


@pytest.fixture
async def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ClusterSession]:
    async def discovered(connection: Any, cluster: Cluster) -> Any:
        scheduler = SimpleNamespace(name="slurm")
        return SimpleNamespace(user="ada", login_node="login", scheduler=scheduler, version="")

    monkeypatch.setattr(connection_keeper, "discover", discovered)
    cluster = Cluster("hpc", "hpc")
    hub = EventHub()
    made = ClusterSession(
        cluster, Folders(tmp_path, tmp_path), hub, OpenPrompts(hub), lambda _: None, SleepWatch()
    )
    monkeypatch.setattr(made.watcher, "start", lambda: None)
    yield made
    await made.aclose()


def use(session: ClusterSession, login: Login) -> Login:
    """Let the session log in through `login`."""
    session._login = session._keeper._login = login  # type: ignore[assignment]
    return login


async def test_a_connection_that_ended_a_moment_ago_is_not_handed_out(session: ClusterSession) -> None:
    old, new = Connection(), Connection()
    login = use(session, Login(old, new))
    session.start(session.cluster, "")
    assert await session.connection() is old  # type: ignore[comparison-overlap]
    old.transport_lives = False
    asked = asyncio.create_task(session.connection())
    await asyncio.sleep(0.05)
    assert not asked.done()
    old.lost.set()
    login.let.set()
    async with asyncio.timeout(10):
        assert await asked is new  # type: ignore[comparison-overlap]
    assert old.closed


async def test_a_session_that_ended_says_at_once_that_nothing_was_sent(session: ClusterSession) -> None:
    old = Connection()
    login = use(session, Login(old))
    session.start(session.cluster, "")
    await session.connection()
    login.fails = True
    login.let.set()
    old.lost.set()
    async with asyncio.timeout(10):
        with pytest.raises(NotSent) as caught:
            await session.run("true")
    assert (caught.value.title, caught.value.layer) == (GONE.title, Layer.NETWORK)


async def test_a_wait_for_a_connection_has_an_end(
    session: ClusterSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_keeper, "CONNECTION_SECONDS", 0.2)
    old = Connection()
    use(session, Login(old))
    session.start(session.cluster, "")
    await session.connection()
    old.lost.set()
    async with asyncio.timeout(10):
        with pytest.raises(NotSent):
            await session.connection()
