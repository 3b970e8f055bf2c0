"""Parsing and display of durations and sizes."""

import time

import pytest

from jupystra_tui.model.units import parse_duration, parse_memory, show_clock, show_duration, show_memory

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12:00:00", 12 * HOUR),
        ("1-06:00:00", 30 * HOUR),
        ("1-06:30", DAY + 6 * HOUR + 1800),
        ("1-6", 30 * HOUR),
        ("12:00", 12 * HOUR),
        ("0:30", 1800),
        ("90", 5400),
        ("90m", 5400),
        (" 1h 30m ", 5400),
        ("1h30min", 5400),
        ("1.5h", 5400),
        ("2 d", 2 * DAY),
        ("45 SEC", 45),
        ("８h", 8 * HOUR),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


NO_DURATIONS = [
    "", " ", "0", "0:00", "0h", "-5", "1e9", "８G", "1h30", "1h-5m", "5 d 3", "1-", "-1:00", "1:2:3:4", "1:2:3.5",
    "m", "inf", "nan", "0.1s", "9" * 30 + "d", "9" * 400 + "h", "9" * 5000, "1" * 100_000 + "x", "1h" * 50_000, "1\n2",
    "1h;2h", "11y", "4000d", "\x1b[31m5h",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DURATIONS, ids=lambda text: repr(text[:12]))
def test_an_invalid_duration_is_refused_in_short_time(text: str) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match="a duration; write") as caught:
        parse_duration(text)
    assert time.process_time() - began < 0.5
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("8G", 8192),
        ("８G", 8192),
        (" 8 gib ", 8192),
        ("1.5 GB", 1536),
        ("512M", 512),
        ("512", 512),
        ("2T", 2 * 1024**2),
        ("2048k", 2),
    ],
)
def test_sizes(text: str, mib: int) -> None:
    assert parse_memory(text) == mib


NO_SIZES = [
    "", "0", "0G", "-5", "1e9", "1K", "0.4M", "8GG", "8 i", "8B", "8ib", "nan", "inf", "8P", "1025T", "1.G", ".5G",
    "8,5G", "9" * 30, "9" * 400 + "G", "9" * 5000, "1" * 100_000 + "x", "8G\n--exclusive",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_SIZES, ids=lambda text: repr(text[:12]))
def test_an_invalid_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a size; write") as caught:
        parse_memory(text)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize(
    ("seconds", "clock", "words"),
    [
        (None, "—", "—"),
        (0, "0:00:00", "0 s"),
        (-5, "0:00:00", "0 s"),
        (59.9, "0:00:59", "59 s"),
        (60, "0:01:00", "1 min"),
        (3599, "0:59:59", "59 min"),
        (5400, "1:30:00", "1 h 30 min"),
        (42127, "11:42:07", "11 h 42 min"),
        (DAY - 1, "23:59:59", "23 h 59 min"),
        (3 * DAY + 4 * HOUR, "3d 04:00", "3 d 4 h"),
        (7 * DAY, "7d 00:00", "7 d"),
    ],
)
def test_durations_are_displayed(seconds: float | None, clock: str, words: str) -> None:
    assert (show_clock(seconds), show_duration(seconds)) == (clock, words)


@pytest.mark.parametrize(
    ("mib", "shown"),
    [
        (None, "—"),
        (512, "512 MB"),
        (1000, "1000 MB"),
        (1536, "1.5 GB"),
        (8192, "8 GB"),
        (64000, "62.5 GB"),
        (128 * 1024, "128 GB"),
        (1000 * 1024, "1000 GB"),
        (1.5 * 1024**2, "1.5 TB"),
        (2000 * 1024**2, "2000 TB"),
    ],
)
def test_sizes_are_displayed(mib: float | None, shown: str) -> None:
    assert show_memory(mib) == shown


@pytest.mark.parametrize("seconds", [1, 59, 60, 3600, 5400, DAY, 30 * HOUR, 365 * DAY])
def test_a_displayed_duration_can_be_parsed(seconds: int) -> None:
    if seconds % 60 == 0:
        assert parse_duration(show_duration(seconds)) == seconds
