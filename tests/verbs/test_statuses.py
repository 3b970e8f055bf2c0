"""The exit status of each way to end that needs no cluster, where there is no terminal and no worker."""

import asyncio
from pathlib import Path

import pytest

from jupystra_tui import errors, protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.verbs.exits import NoTerminal, NotFound, OutputError, ReaderClosed, status_of

from ..ui.fake_worker import FakeWorker
from .running import jupystra

TABLE = {
    "": 2,
    "nosuchverb": 2,
    "--version": 0,
    "start": 2,
    "start somewhere -c -2": 2,
    "start --cluster nosuch": 2,
    "connect 7 -L port": 2,
    "disconnect": 2,
    "disconnect --all": 1,
    "disconnect 7": 1,
    "kill 7": 5,
    "status": 1,
    "worker stop": 1,
    "worker log": 1,
    "completion fish": 2,
}


@pytest.mark.parametrize(("words", "status"), TABLE.items())
def test_of_a_verb(laptop: Path, words: str, status: int) -> None:
    ended = jupystra(*words.split())
    assert ended.status == status, ended
    assert "Traceback" not in ended.err


def test_a_mistyped_cluster_gets_a_suggestion(worker: Path) -> None:
    for words in (("list",), ("kill", "7", "--yes"), ("log", "7"), ("start",)):
        ended = jupystra(*words, "--cluster", "orchestr")
        assert ended.status == 2, ended
        assert "Did you mean orchestra?" in ended.err


def test_without_any_cluster_there_is_nothing_to_list(worker: Path) -> None:
    ended = jupystra("list", "--json")
    assert ended.status == 1
    assert ended.told["error"]["title"] == "You are not logged in to any cluster"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (NotFound, 1),
        (errors.NoServerError, 1),
        (errors.ConfigError, 2),
        (errors.ConnectError, 3),
        (errors.AuthError, 3),
        (errors.HostKeyError, 3),
        (errors.TunnelError, 3),
        (errors.WorkerError, 3),
        (errors.SchedulerError, 4),
        (errors.LaunchError, 4),
        (NoTerminal, 5),
        (OutputError, 6),
        (errors.GivenUp, 130),
        (ReaderClosed, 141),
    ],
)
def test_of_an_error(kind: type[JupystraError], status: int) -> None:
    assert status_of(kind("title")) == status


async def test_of_a_worker_of_another_version(laptop: Path) -> None:
    worker = FakeWorker(laptop / "run")
    worker.version = protocol.VERSION + 1
    await worker.start()
    ended = await asyncio.to_thread(jupystra, "status", "--json")
    assert ended.status == 3
    assert "worker stop" in ended.told["error"]["hint"]
    await worker.stop()
