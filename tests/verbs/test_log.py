"""Of a log of which only the end is read, each line is printed once."""

import pytest

from jupystra_tui.verbs.print_log import new_lines


@pytest.mark.parametrize(
    ("before", "now", "fresh"),
    [
        ([], [], []),
        ([], ["one"], ["one"]),
        (["one"], ["one"], []),
        (["one"], ["one", "two"], ["two"]),
        (["one", "tw"], ["one", "two"], ["two"]),
        (["one", "two"], ["ne", "two", "three"], ["three"]),
        (["one", "two", "three"], ["wo", "three", "four"], ["four"]),
        (["one", "two"], ["quite", "another"], ["quite", "another"]),
        (["same", "same"], ["same", "same", "same"], ["same"]),
    ],
)
def test_the_lines_that_came_since(before: list[str], now: list[str], fresh: list[str]) -> None:
    assert new_lines(before, now) == fresh
