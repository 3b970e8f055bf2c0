"""Stories of the front end's side of the socket."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError, WorkerError
from jupystra_tui.frontend import worker_process
from jupystra_tui.frontend.client import Client, VersionMismatch
from jupystra_tui.model import JobState, KillPart, Problem
from jupystra_tui.ui import link
from jupystra_tui.ui.link import WorkerLink
from tests.ui.fake_worker import FakeWorker
from tests.ui.stories import QUEUE, SESSION, everything

LIMIT = 5.0


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[protocol.Event] = []
        self.lost = asyncio.Event()
        self.said: list[str] = []


async def test_events_arrive_in_order(worker: FakeWorker) -> None:
    heard = Listener()
    worker.tell(*everything())
    worker.expect(protocol.Refresh)
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    assert await front_end.request(protocol.Refresh("o2")) == protocol.Done()
    assert heard.events == list(everything()), "all of it was told before the first answer"
    await front_end.aclose()
    assert not front_end.connected
    assert not heard.lost.is_set(), "it left by itself"


async def test_a_refusal_keeps_the_workers_words(worker: FakeWorker) -> None:
    heard = Listener()
    worker.expect(protocol.Cancel, Problem("Job 42 is not yours", "Ask its owner.", "scancel: error 210"))
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    with pytest.raises(JupystraError) as refusal:
        await front_end.request(protocol.Cancel("o2", (KillPart("42", JobState.RUNNING),)))
    error = refusal.value
    assert (error.title, error.hint, error.detail) == (
        "Job 42 is not yours",
        "Ask its owner.",
        "scancel: error 210",
    )
    await front_end.aclose()


async def test_answers_find_their_questions(worker: FakeWorker) -> None:
    heard = Listener()
    worker.expect(protocol.Connect, protocol.Connected("t1"))
    worker.expect(protocol.Refresh)
    ready = worker.hold(protocol.Connect)
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    connecting = asyncio.create_task(front_end.request(protocol.Connect("o2", "4711")))
    await worker.was_asked(protocol.Connect)
    assert await front_end.request(protocol.Refresh("o2")) == protocol.Done(), "the slow one holds up nobody"
    ready.set()
    assert await connecting == protocol.Connected("t1")
    await front_end.aclose()


@pytest.mark.parametrize("nonsense", [False, True], ids=["dies", "says nonsense"])
async def test_requests_end_when_the_worker_fails(worker: FakeWorker, nonsense: bool) -> None:
    heard = Listener()
    worker.expect(protocol.Connect, protocol.Connected("t1"))
    worker.hold(protocol.Connect)
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    connecting = asyncio.create_task(front_end.request(protocol.Connect("o2", "4711")))
    await worker.was_asked(protocol.Connect)
    if nonsense:
        worker.say_nonsense()
    else:
        await worker.die()
    async with asyncio.timeout(LIMIT):
        await heard.lost.wait()
        with pytest.raises(WorkerError):
            await connecting
    with pytest.raises(WorkerError):
        await front_end.request(protocol.Refresh("o2"))
    await front_end.aclose()


async def test_a_worker_of_another_version_is_replaced_on_request(
    worker: FakeWorker, revives: list[Path]
) -> None:
    heard = Listener()
    worker.version = protocol.VERSION + 1
    front_end = Client(heard.events.append, heard.lost.set)
    with pytest.raises(VersionMismatch):
        await front_end.open()
    await front_end.replace()
    assert front_end.connected
    assert [hello.want for hello in worker.hellos] == ["attach", "stop", "attach"]
    await front_end.aclose()


async def test_a_worker_that_cannot_start_shows_its_last_words(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spawn(log: Path) -> SimpleNamespace:
        log.write_text("Traceback: no module named paramiko\n")
        return SimpleNamespace(poll=lambda: 1)

    monkeypatch.setattr(worker_process, "spawn", spawn)
    with pytest.raises(WorkerError) as failure:
        await Client(print, print).open()
    assert "no module named paramiko" in failure.value.detail


def test_the_worker_is_found_from_a_checkout(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, object]] = []
    monkeypatch.undo()
    monkeypatch.setattr(subprocess, "Popen", lambda argv, **options: calls.append({"argv": argv, **options}))
    worker_process.spawn(home / "worker.log")
    assert calls[0]["argv"] == [sys.executable, "-m", "jupystra_tui.worker"]
    environment = calls[0]["env"]
    assert isinstance(environment, dict)
    tree = Path(environment["PYTHONPATH"].split(os.pathsep)[0])
    assert tree.joinpath("jupystra_tui").is_dir()
    assert (home / "worker.log").stat().st_mode & 0o777 == 0o600


async def test_the_link_gives_up_after_three_failures(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Listener()
    starts: list[Path] = []

    def spawn(log: Path) -> SimpleNamespace:
        starts.append(log)
        return SimpleNamespace(poll=lambda: 1)

    monkeypatch.setattr(link, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(worker_process, "spawn", spawn)
    front_end = Client(heard.events.append, heard.lost.set)
    dashboard = WorkerLink(front_end, heard.said.append)
    with pytest.raises(WorkerError):
        await dashboard.open()
    assert len(starts) == 3
    assert heard.said == ["starting the worker"]


async def test_the_link_gives_up_on_a_worker_that_keeps_dying(
    worker: FakeWorker, revives: list[Path]
) -> None:
    heard = Listener()
    front_end = Client(heard.events.append, heard.lost.set)
    dashboard = WorkerLink(front_end, heard.said.append)
    for _ in range(3):
        await dashboard.open()
        await worker.die()
        async with asyncio.timeout(LIMIT):
            await heard.lost.wait()
        heard.lost.clear()
    with pytest.raises(WorkerError, match="three times"):
        await dashboard.open()
    assert heard.said[-2:] == ["", "the worker ended; restarting it"]


async def test_the_link_accepts_the_state_of_a_new_worker(worker: FakeWorker, revives: list[Path]) -> None:
    heard = Listener()
    front_end = Client(heard.events.append, heard.lost.set)
    dashboard = WorkerLink(front_end, heard.said.append)
    await dashboard.open()
    await worker.die()
    async with asyncio.timeout(LIMIT):
        await heard.lost.wait()
    worker.tell(protocol.SessionChanged(SESSION), protocol.SnapshotTaken(QUEUE))
    worker.expect(protocol.Refresh)
    await dashboard.open()
    await front_end.request(protocol.Refresh("o2"))
    assert heard.events == [protocol.SessionChanged(SESSION), protocol.SnapshotTaken(QUEUE)]
    await front_end.aclose()


async def test_a_callback_that_raises_is_reported_and_the_next_event_is_read(worker: FakeWorker) -> None:
    heard = Listener()
    errors: list[BaseException] = []

    def take(event: protocol.Event) -> None:
        heard.events.append(event)
        if len(heard.events) == 1:
            raise KeyError("a screen that is gone")

    worker.tell(*everything())
    worker.expect(protocol.Refresh)
    front_end = Client(take, heard.lost.set, errors.append)
    await front_end.open()
    async with asyncio.timeout(LIMIT):
        assert await front_end.request(protocol.Refresh("o2")) == protocol.Done()
    assert heard.events == list(everything())
    assert [type(error) for error in errors] == [KeyError]
    assert front_end.connected
    await front_end.aclose()


async def test_requests_end_after_an_unexpected_error_of_the_reader(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Listener()
    errors: list[BaseException] = []
    lost: list[int] = []

    def lose() -> None:
        lost.append(1)
        heard.lost.set()

    worker.expect(protocol.Connect, protocol.Connected("t1"))
    worker.hold(protocol.Connect)
    front_end = Client(heard.events.append, lose, errors.append)
    await front_end.open()
    connecting = asyncio.create_task(front_end.request(protocol.Connect("o2", "4711")))
    await worker.was_asked(protocol.Connect)

    def fail(frame: bytes) -> protocol.Reply:
        raise RecursionError("nobody foresaw this")

    monkeypatch.setattr(protocol, "read_answer", fail)
    worker.tell(*everything())
    async with asyncio.timeout(LIMIT):
        await heard.lost.wait()
        with pytest.raises(WorkerError):
            await connecting
    assert [type(error) for error in errors] == [RecursionError]
    assert not front_end.connected
    await front_end.aclose()
    assert lost == [1]


async def test_a_request_that_is_abandoned_is_cancelled_at_the_worker(worker: FakeWorker) -> None:
    heard = Listener()
    worker.expect(protocol.Connect, protocol.Connected("t1"))
    worker.expect(protocol.Refresh)
    worker.hold(protocol.Connect)
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    connecting = asyncio.create_task(front_end.request(protocol.Connect("o2", "4711")))
    await worker.was_asked(protocol.Connect)
    connecting.cancel()
    async with asyncio.timeout(LIMIT):
        assert await front_end.request(protocol.Refresh("o2")) == protocol.Done()
    assert worker.cancelled == [1]
    await front_end.aclose()


async def test_requests_end_when_the_client_closes(worker: FakeWorker) -> None:
    heard = Listener()
    worker.expect(protocol.Connect, protocol.Connected("t1"))
    worker.hold(protocol.Connect)
    front_end = Client(heard.events.append, heard.lost.set)
    await front_end.open()
    connecting = asyncio.create_task(front_end.request(protocol.Connect("o2", "4711")))
    await worker.was_asked(protocol.Connect)
    await front_end.aclose()
    async with asyncio.timeout(LIMIT):
        with pytest.raises(WorkerError):
            await connecting
    assert not heard.lost.is_set()
