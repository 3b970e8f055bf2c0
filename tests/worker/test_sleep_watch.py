"""Waking is noticed by clocks, and told to those who want to know; nothing ticks for nobody."""

import asyncio
import time

import pytest

from jupystra_tui.worker import sleep_watch as wake
from jupystra_tui.worker.sleep_watch import SleepWatch


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "TICK_SECONDS", 0.02)


async def test_a_clock_that_went_on_in_sleep_is_noticed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = [0.0]
    monkeypatch.setattr(wake, "_elapsed", lambda: time.monotonic() + slept[0])
    watch, woke = SleepWatch(), asyncio.Event()
    calls: list[int] = []

    def wake_up() -> None:
        calls.append(1)
        woke.set()

    stop = watch.subscribe(wake_up)
    slept[0] = 3600.0
    async with asyncio.timeout(10):
        await woke.wait()
    await asyncio.sleep(0.1)
    assert calls == [1]
    stop()


async def test_a_process_that_was_stopped_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "JUMP_SECONDS", 0.3)
    watch, woke = SleepWatch(), asyncio.Event()
    stop = watch.subscribe(woke.set)
    asyncio.get_running_loop().call_soon(time.sleep, 0.5)  # as SIGSTOP does: the loop does not run
    async with asyncio.timeout(10):
        await woke.wait()
    stop()


async def test_with_nobody_subscribed_there_is_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = []
    monkeypatch.setattr(wake, "_elapsed", lambda: ticks.append(1) or 0.0)  # type: ignore[func-returns-value]
    watch = SleepWatch()
    stop = watch.subscribe(lambda: None)
    stop()
    stop()
    before = len(ticks)
    await asyncio.sleep(0.1)
    assert len(ticks) == before
