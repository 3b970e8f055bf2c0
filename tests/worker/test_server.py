"""The worker's socket: who may speak, how much, what happens when they stop waiting, and why a worker ended."""

import asyncio
import logging
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend.client import Client
from jupystra_tui.model import Cluster, JobState, KillPart, Snapshot
from jupystra_tui.paths import private
from jupystra_tui.worker import server as module
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.server import Server
from jupystra_tui.worker.worker_lock import WorkerLock

from ..other_user import call_as_other, needs_root, shared_folder

LIMIT = 20.0


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(LIMIT):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


class SlowDispatcher:
    """Takes its time over each request until `go`; notes what began, what was finished and what was ended early."""

    def __init__(self) -> None:
        self.hub = EventHub()
        self.stopping = asyncio.Event()
        self.busy = True
        self.go = asyncio.Event()
        self.news = asyncio.Condition()
        self.began: list[protocol.Body] = []
        self.finished: list[protocol.Body] = []
        self.ended: list[protocol.Body] = []

    def forget_tunnels(self) -> None:
        """There are none."""

    async def serve(self, body: protocol.Body, listener: object) -> protocol.Outcome:
        if isinstance(body, protocol.Attention):
            return protocol.Done()
        await self._note(self.began, body)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            await self._note(self.ended, body)
            raise
        await self._note(self.finished, body)
        return protocol.Done()

    async def aclose(self) -> None:
        self.go.set()

    async def until(self, seen: list[protocol.Body], count: int = 1) -> None:
        async with asyncio.timeout(LIMIT), self.news:
            await self.news.wait_for(lambda: len(seen) >= count)

    async def _note(self, where: list[protocol.Body], body: protocol.Body) -> None:
        async with self.news:
            where.append(body)
            self.news.notify_all()


class Running:
    """A server in this process, at the place where front ends look."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "worker.sock"
        self.dispatcher = SlowDispatcher()
        self.lock = WorkerLock(folder / "worker.lock")
        assert self.lock.acquire()
        self.server = Server(self.socket, self.dispatcher, self.lock)  # type: ignore[arg-type]
        self.task = asyncio.create_task(self.server.run())

    async def listening(self) -> None:
        await until(self.socket.exists)


@pytest.fixture
async def running(laptop: Path) -> AsyncIterator[Running]:
    old = os.umask(0)
    try:
        one = Running(private(laptop / "run"))
        await one.listening()
        yield one
        one.server.stop("the story is over")
        async with asyncio.timeout(LIMIT):
            await one.task
        one.lock.release()
    finally:
        os.umask(old)


@pytest.fixture
async def front_end(running: Running) -> AsyncIterator[Client]:
    client = Client(lambda event: None, lambda: None)
    await client.open(start=False)
    yield client
    await client.aclose()


async def test_the_socket_is_for_its_owner_alone(running: Running) -> None:
    assert stat.S_IMODE(running.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE((running.socket.parent / "worker.lock").stat().st_mode) == 0o600


@needs_root
async def test_another_user_who_gets_at_the_socket_is_told_nothing() -> None:
    with shared_folder() as folder:
        running = Running(folder)
        await running.listening()
        running.socket.chmod(0o666)
        stranger = call_as_other(running.socket, protocol.frame(protocol.Hello(protocol.VERSION, "x", 1)))
        answered = await asyncio.to_thread(stranger.end)
        assert not running.dispatcher.hub.listeners
        running.server.stop("the story is over")
        await running.task
    assert answered == "0"


async def test_a_long_greeting_is_refused_at_once(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GREETING_SECONDS", 10 * LIMIT)
    reader, writer = await asyncio.open_unix_connection(str(running.socket))
    writer.write((protocol.HELLO_LIMIT + 1).to_bytes(4, "big"))
    async with asyncio.timeout(LIMIT):
        assert await reader.read() == b""
    writer.close()


async def test_who_says_nothing_is_not_kept(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GREETING_SECONDS", 0.05)
    reader, writer = await asyncio.open_unix_connection(str(running.socket))
    async with asyncio.timeout(LIMIT):
        assert await reader.read() == b""
    writer.close()


async def test_what_nobody_waits_for_any_more_ends(running: Running, front_end: Client) -> None:
    reading = asyncio.create_task(front_end.request(protocol.ReadLog("hpc", "42")))
    await running.dispatcher.until(running.dispatcher.began)
    reading.cancel()
    await running.dispatcher.until(running.dispatcher.ended)
    assert await asyncio.wait_for(front_end.request(protocol.Attention(True)), LIMIT) == protocol.Done()


async def test_what_changes_something_is_finished_though_nobody_waits(
    running: Running, front_end: Client
) -> None:
    killing = asyncio.create_task(
        front_end.request(protocol.Cancel("hpc", (KillPart("42", JobState.RUNNING),)))
    )
    await running.dispatcher.until(running.dispatcher.began)
    killing.cancel()
    with suppress(asyncio.CancelledError):
        await killing
    await front_end.request(protocol.Attention(True))
    running.dispatcher.go.set()
    await running.dispatcher.until(running.dispatcher.finished)
    assert running.dispatcher.ended == []


async def test_a_front_end_that_leaves_ends_what_it_read_and_no_more(
    running: Running, front_end: Client
) -> None:
    requests = (
        protocol.Diagnose(Cluster("hpc", "hpc"), "cluster"),
        protocol.Connect("hpc", "42"),
        protocol.Cancel("hpc", (KillPart("43", JobState.RUNNING),)),
    )
    waiting = [asyncio.create_task(front_end.request(body)) for body in requests]
    await running.dispatcher.until(running.dispatcher.began, 3)
    await front_end.aclose()
    for result in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(result, WorkerError), "nobody waits for ever"
    await running.dispatcher.until(running.dispatcher.ended)
    running.dispatcher.go.set()
    await running.dispatcher.until(running.dispatcher.finished, 2)
    assert running.dispatcher.ended == [requests[0]]


async def test_an_event_is_encoded_once_for_all_front_ends(
    running: Running, front_end: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[object] = []

    def frame(message: Any) -> bytes:
        encoded.append(message)
        return whole(message)

    received: list[protocol.Event] = []
    other = Client(received.append, lambda: None)
    await other.open(start=False)
    whole = protocol.frame
    monkeypatch.setattr(protocol, "frame", frame)
    event = protocol.SnapshotTaken(Snapshot("hpc", 1.0))
    running.dispatcher.hub.publish(event)
    await until(lambda: received == [event])
    assert encoded == [protocol.Notice(event)]
    await other.aclose()


async def test_each_request_is_answered_once(running: Running) -> None:
    reader, writer = await asyncio.open_unix_connection(str(running.socket))
    writer.write(protocol.frame(protocol.Hello(protocol.VERSION, "x", 1)))
    await protocol.read_frame(reader)
    writer.write(protocol.frame(protocol.Request(7, protocol.ReadLog("hpc", "42"))))
    await running.dispatcher.until(running.dispatcher.began)
    for number in (7, 7, 8):
        writer.write(protocol.frame(protocol.CancelRequest(number)))
    writer.write(protocol.frame(protocol.Request(9, protocol.Attention(True))))
    replies = [
        protocol.read_answer(await asyncio.wait_for(protocol.read_frame(reader), LIMIT)) for _ in range(2)
    ]
    assert [reply.id for reply in replies if isinstance(reply, protocol.Reply)] == [7, 9]
    writer.close()


async def test_a_deleted_socket_is_made_again(
    running: Running, front_end: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SOCKET_CHECK_SECONDS", 0.02)
    before = running.socket.stat().st_ino
    await asyncio.sleep(0)
    for path in running.socket.parent.iterdir():
        path.unlink()
    running.socket.parent.rmdir()
    await until(lambda: running.socket.exists() and stat.S_IMODE(running.socket.stat().st_mode) == 0o600)
    assert running.lock.held
    assert not WorkerLock(running.socket.parent / "worker.lock").acquire(), (
        "nobody else becomes a second worker"
    )
    other = Client(lambda event: None, lambda: None)
    await other.open(start=False)
    assert running.dispatcher.hub.listeners == 2, f"the first one, attached to {before}, is still there"
    await other.aclose()


async def test_a_worker_that_another_has_replaced_ends(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SOCKET_CHECK_SECONDS", 0.02)
    (running.socket.parent / "worker.lock").unlink()
    other = WorkerLock(running.socket.parent / "worker.lock")
    assert other.acquire()
    running.socket.unlink()
    async with asyncio.timeout(LIMIT):
        assert "another worker has taken over" in await running.task
    other.release()


async def test_the_end_has_a_reason(running: Running) -> None:
    _, writer = await asyncio.open_unix_connection(str(running.socket))
    writer.write(protocol.frame(protocol.Hello(protocol.VERSION, "0.9", 4711, "stop")))
    assert "of version 0.9 (pid 4711) told it to stop" in await asyncio.wait_for(running.task, LIMIT)
    writer.close()


async def test_a_stop_request_is_the_reason_too(running: Running, front_end: Client) -> None:
    with suppress(JupystraError):
        running.dispatcher.go.set()
        await front_end.request(protocol.Stop())
    assert f"a front end (pid {os.getpid()}) told it to stop" in await asyncio.wait_for(running.task, LIMIT)


async def test_who_comes_and_goes_leaves_no_line_in_the_log(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jupystra_tui")
    for _ in range(3):
        client = Client(lambda event: None, lambda: None)
        await client.open(start=False)
        await client.aclose()
    await until(lambda: not running.dispatcher.hub.listeners)
    assert caplog.records == []
