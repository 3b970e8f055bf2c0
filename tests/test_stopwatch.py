"""Elapsed time includes sleep and never decreases."""

import sys
import time

import pytest

from jupystra_tui.stopwatch import Stopwatch

from .fake_clocks import FakeClocks


@pytest.fixture
def clocks() -> FakeClocks:
    return FakeClocks()


@pytest.fixture
def watch(clocks: FakeClocks) -> Stopwatch:
    return Stopwatch(clocks.steady, clocks.wall)


def test_time_awake_and_asleep_counts(clocks: FakeClocks, watch: Stopwatch) -> None:
    assert watch.elapsed == 0
    clocks.run(10)
    assert watch.elapsed == pytest.approx(10)
    clocks.sleep(3600)
    assert watch.elapsed == pytest.approx(3610)


def test_setting_the_wall_clock_back_does_not_decrease_elapsed_time(
    clocks: FakeClocks, watch: Stopwatch
) -> None:
    clocks.sleep(100)
    assert watch.elapsed == pytest.approx(100)
    clocks.set_wall(-86400)
    assert watch.elapsed == pytest.approx(100)
    clocks.run(200)
    assert watch.elapsed == pytest.approx(200)


def test_the_system_clocks_advance() -> None:
    watch = Stopwatch()
    before, began = watch.elapsed, time.monotonic()
    while watch.elapsed == before and time.monotonic() - began < 10:
        pass
    assert 0 < watch.elapsed < 60


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python has no such clock")
def test_linux_uses_the_clock_that_includes_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {time.CLOCK_BOOTTIME: 50.0}
    monkeypatch.setattr(time, "clock_gettime", lambda clock: shown[clock])
    monkeypatch.setattr(time, "time", lambda: 0.0)
    watch = Stopwatch()
    shown[time.CLOCK_BOOTTIME] += 900
    assert watch.elapsed == 900


def test_without_that_clock_the_wall_clock_detects_sleep(
    monkeypatch: pytest.MonkeyPatch, clocks: FakeClocks
) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(time, "monotonic", clocks.steady)
    monkeypatch.setattr(time, "time", clocks.wall)
    watch = Stopwatch()
    clocks.sleep(900)
    assert watch.elapsed == pytest.approx(900)
