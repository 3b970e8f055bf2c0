"""The columns of a table, and how they share its width."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from jupystra_tui.ui.theme import Pieces

Row = TypeVar("Row")
GAP = 2


class Column(Struct, Generic[Row], frozen=True):
    """One column: `cell` returns the text of a row in it.

    It is as wide as its widest text, in cells, but at most `most`. In a narrow window the column of the highest `rank`
    shrinks to `least` and is then hidden, then the next one; those of rank 0 stay.
    """

    title: str
    cell: Callable[[Row], Pieces]
    least: int
    most: int = 1000
    rank: int = 0
    right: bool = False


def share(columns: Sequence[Column[Row]], wanted: Sequence[int], width: int) -> list[int]:
    """Return each column's width, 0 if it is hidden; together with their gaps at most `width`, if possible."""
    sizes = [min(want, column.most) for want, column in zip(wanted, columns, strict=True)]
    for i in sorted(range(len(columns)), key=lambda i: (-columns[i].rank, -i)):
        over = _total(sizes) - width
        sizes[i] -= min(max(0, over), max(0, sizes[i] - columns[i].least))
        if _total(sizes) > width and columns[i].rank:
            sizes[i] = 0
    return _cut(sizes, _total(sizes) - width)


def _total(sizes: Sequence[int]) -> int:
    present = [size for size in sizes if size]
    return sum(present) + GAP * (len(present) - 1)


def _cut(sizes: list[int], over: int) -> list[int]:
    """Shrink the last columns: the window is narrower than the columns that stay."""
    for i in reversed(range(len(sizes))):
        less = min(max(0, over), sizes[i])
        sizes[i] -= less
        over -= less
    return sizes
