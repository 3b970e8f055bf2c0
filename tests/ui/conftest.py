"""A worker that plays a script, a clock that stands still, and people to wait for."""

import asyncio
import inspect
import itertools
import shutil
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from jupystra_tui import clipboard
from jupystra_tui.errors import JupystraError
from jupystra_tui.frontend import worker_process
from jupystra_tui.ui import clock
from jupystra_tui.ui.error_dialogs import ErrorDialogs
from tests.ui.fake_worker import FakeWorker

NOON = 1_767_268_800.0
"""2026-01-01 12:00:00 UTC, when every story happens."""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the story a home of its own, with a path short enough for a socket; nothing may start a worker."""
    folder = Path(tempfile.mkdtemp(prefix="jt-"))
    monkeypatch.setenv("JUPYSTRA_HOME", str(folder))
    monkeypatch.setattr(worker_process, "spawn", _no_worker)
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _no_worker(log: Path) -> None:
    pytest.fail("the dashboard started a worker that the story does not know")


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Hold the clock at noon, UTC; call the fixture with seconds to move it on."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    current = NOON

    def move(seconds: float) -> None:
        nonlocal current
        current += seconds

    monkeypatch.setattr(clock, "now", lambda: current)
    return move


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass before each key: people look at what came up before they answer it."""
    seconds = itertools.count()
    monkeypatch.setattr(clock, "monotonic", lambda: float(next(seconds)))


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Type without any pause but those of so many seconds that the story makes."""
    current = 0.0

    def wait(seconds: float) -> None:
        nonlocal current
        current += seconds

    monkeypatch.setattr(clock, "monotonic", lambda: current)
    return wait


@pytest.fixture
async def worker(home: Path) -> AsyncIterator[FakeWorker]:
    """A worker that knows only what the story tells it to expect."""
    fake = FakeWorker(home / "run")
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.unexpected, f"the story did not expect {fake.unexpected}"


@pytest.fixture
def revives(worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let the dashboard start the worker; the list holds the log of each start."""
    starts: list[Path] = []
    tasks: list[asyncio.Task[None]] = []

    def spawn(log: Path) -> SimpleNamespace:
        starts.append(log)
        tasks.append(asyncio.get_running_loop().create_task(worker.start()))
        return SimpleNamespace(poll=lambda: None)

    monkeypatch.setattr(worker_process, "spawn", spawn)
    return starts


@pytest.fixture(autouse=True)
def unexpected_errors(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail when an error that nobody expected was shown in a dialog; a story that wants one takes `surprises`."""
    found: list[Exception] = request.getfixturevalue("surprises")
    answer = ErrorDialogs.answer

    def note(dialogs: ErrorDialogs, error: Exception) -> None:
        if not isinstance(error, JupystraError):
            found.append(error)
        answer(dialogs, error)

    monkeypatch.setattr(ErrorDialogs, "answer", note)
    yield
    wanted = "surprises" in _arguments(request)
    assert wanted or not found, "".join(traceback.format_exception(found[0]))


def _arguments(request: pytest.FixtureRequest) -> Collection[str]:
    return inspect.signature(request.function).parameters


@pytest.fixture
def surprises() -> list[Exception]:
    """The errors that nobody expected and that were shown, for a story that is about one."""
    return []


@pytest.fixture(autouse=True)
def no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the clipboard of whoever runs the tests alone."""
    monkeypatch.setattr(clipboard, "PROGRAMS", ())


def seen(pilot: "Pilot[Any]") -> str:
    """Return what is on the screen."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def until(
    pilot: "Pilot[Any]",
    condition: Callable[[], object],
    limit: float = 30.0,
    why: str = "it did not come to that",
) -> None:
    """Let the app work until the condition holds; fails after `limit` seconds, and says `why`."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(why)
        await pilot.pause(0.005)
