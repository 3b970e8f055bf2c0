"""Durations and sizes: whatever is written is read back, and any text is read or refused with a sentence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jupystra_tui.model.units import (
    BadText,
    parse_duration,
    parse_memory,
    show_clock,
    show_duration,
    show_memory,
    write_duration,
    write_memory,
)

MANY = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@MANY
@given(st.integers(1, 10 * 365 * 86400))
def test_a_written_duration_is_read_back(seconds: int) -> None:
    assert parse_duration(write_duration(seconds)) == seconds


@MANY
@given(st.integers(1, 1024**3))
def test_a_written_size_is_read_back(mib: int) -> None:
    assert parse_memory(write_memory(mib)) == mib


@MANY
@given(st.integers(0, 99), st.integers(0, 23), st.integers(0, 59), st.integers(1, 59))
def test_slurms_form_of_a_duration_is_read(days: int, hours: int, minutes: int, seconds: int) -> None:
    wanted = days * 86400 + hours * 3600 + minutes * 60 + seconds
    assert parse_duration(f"{days}-{hours:02}:{minutes:02}:{seconds:02}") == wanted


@MANY
@given(st.text(max_size=60) | st.from_regex(r"\A[\d.:\-]{0,20}[smhdKMGTib ]{0,4}\Z"))
def test_any_text_is_a_value_in_bounds_or_is_refused_with_a_sentence(text: str) -> None:
    for parse, most in ((parse_duration, 10 * 365 * 86400), (parse_memory, 1024**3)):
        try:
            assert 0 < parse(text) <= most
        except BadText as refused:
            check_refusal(refused)


def check_refusal(refused: BadText) -> None:
    """Check that a refusal can be shown."""
    assert refused.title.isprintable()
    assert refused.hint


@MANY
@given(st.floats(0, 1e9) | st.none())
def test_any_number_is_shown_briefly(number: float | None) -> None:
    for show in (show_clock, show_duration, show_memory):
        assert 0 < len(show(number)) <= 20
