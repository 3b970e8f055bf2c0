"""Stories of the table: what it shows, what it keeps, and how little it draws."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any, NamedTuple

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.reactive import Reactive

from jupystra_tui.ui.theme import DARK, Pieces
from jupystra_tui.ui.widgets.columns import Column, share
from jupystra_tui.ui.widgets.fit import fit
from jupystra_tui.ui.widgets.row_table import Table
from tests.ui.conftest import seen, until

HOSTILE = ("job[/abc]x", "[bold]loud", "日本語のジョブ名はとても長い", "👩‍🔬 laboratory", "e\u0301clair", "")


class Thing(NamedTuple):
    """A row."""

    key: str
    name: str
    word: str = "fine"


class Stage(App[None]):
    """Shows a table of things, and counts the cells that are made."""

    CSS = "Table { height: 1fr; }"
    theme = Reactive(DARK.name)

    def __init__(self) -> None:
        super().__init__()
        self.made = 0
        self.told: list[str] = []
        columns = (
            Column("KEY", self._cell(lambda thing: thing.key), 4, rank=1),
            Column("NAME", self._cell(lambda thing: thing.name), 6, 20),
            Column("WORD", self._cell(lambda thing: thing.word), 4, rank=2),
        )
        self.table: Table[Thing] = Table(columns, attrgetter("key"), ((("nothing here", ""),),))

    def _cell(self, text: Callable[[Thing], str]) -> Callable[[Thing], Pieces]:
        def cell(thing: Thing) -> Pieces:
            self.made += 1
            return ((text(thing), ""),)

        return cell

    def compose(self) -> ComposeResult:
        """Show the table."""
        yield self.table

    def on_table_selected(self) -> None:
        """Keep which row was selected."""
        self.told.append(self.table.selected.key if self.table.selected else "")

    def on_table_activated(self) -> None:
        """Keep which row was activated."""
        self.told.append(f"{self.table.selected.key if self.table.selected else ''}!")


@asynccontextmanager
async def stage(
    rows: tuple[Thing, ...] = (), size: tuple[int, int] = (40, 12)
) -> AsyncIterator[tuple[Pilot[Any], Stage]]:
    """Show a table of these rows."""
    app = Stage()
    async with app.run_test(size=size) as pilot:
        app.table.show(rows)
        await pilot.pause()
        yield pilot, app


def things(count: int, first: int = 0) -> tuple[Thing, ...]:
    """Return rows with keys `k0`, `k1`, …"""
    return tuple(Thing(f"k{number}", f"thing {number}") for number in range(first, first + count))


async def test_the_selection_follows_its_row() -> None:
    async with stage(things(5)) as (pilot, app):
        await pilot.press("down", "down")
        app.table.show((Thing("new", "first now"), *things(5)))
        assert app.table.selected == Thing("k2", "thing 2")
        app.table.show(things(2))
        assert app.table.selected == Thing("k1", "thing 1"), "its row is gone, so the nearest is selected"
        app.table.show(())
        assert app.table.selected is None


async def test_without_rows_it_says_what_to_do() -> None:
    async with stage() as (pilot, app):
        assert "nothing here" in seen(pilot)
        app.table.show(things(1))
        await pilot.pause()
        assert "nothing here" not in seen(pilot)
        assert "thing 0" in seen(pilot)


@pytest.mark.parametrize("width", [12, 24, 40, 80])
async def test_no_name_breaks_the_layout(width: int) -> None:
    rows = tuple(Thing(str(number), name) for number, name in enumerate(HOSTILE))
    async with stage(rows, (width, 12)) as (pilot, app):
        assert [cell_len(app.table.render_line(y).text) for y in range(12)] == [width] * 12
        if width >= 40:
            assert "job[/abc]x" in seen(pilot)
            assert "[bold]loud" in seen(pilot)


async def test_a_swap_draws_only_what_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = things(1000)
    async with stage(rows) as (_, app):
        drawn: list[int] = []
        monkeypatch.setattr(app.table, "refresh", lambda *regions, **_: drawn.extend(r.y for r in regions))
        app.table.show((*rows[:3], Thing("k3", "thing 3", "bad"), *rows[4:]))
        assert drawn == [4]
        drawn.clear()
        app.table.show((*rows[:500], Thing("k500", "thing 500", "bad"), *rows[501:]))
        assert drawn == [], "what changed is out of sight"


async def test_a_long_table_makes_only_what_is_seen() -> None:
    async with stage() as (pilot, app):
        app.made = 0
        app.table.show(things(100_000))
        await pilot.pause()
        await pilot.press("end")
        assert app.table.selected == Thing("k99999", "thing 99999")
        assert "k99999" in seen(pilot)
        assert app.made < 500
        app.table.show(things(100_000, first=7))
        await pilot.pause()
        assert app.table.selected == Thing("k99999", "thing 99999")
        assert "k99999" in seen(pilot)


async def test_keys_move_the_selection_and_the_view() -> None:
    async with stage(things(100)) as (pilot, app):
        for key, expected in (
            ("pagedown", "k10"),
            ("j", "k11"),
            ("up", "k10"),
            ("end", "k99"),
            ("home", "k0"),
        ):
            await pilot.press(key)
            assert app.table.selected
            assert app.table.selected.key == expected
            assert expected in seen(pilot)


async def test_a_click_selects_and_two_activate() -> None:
    async with stage(things(5)) as (pilot, app):
        await pilot.click(Table, offset=(5, 3))
        assert app.told[-1] == "k2"
        await pilot.click(Table, offset=(5, 4), times=2)
        assert app.told[-1] == "k3!"
        await pilot.click(Table, offset=(5, 9))
        assert app.table.selected == Thing("k3", "thing 3"), "there is no row"


async def test_columns_come_back_when_the_window_grows() -> None:
    async with stage(things(3), (40, 12)) as (pilot, _):
        assert "WORD" in seen(pilot)
        await pilot.resize_terminal(18, 12)
        await until(pilot, lambda: "WORD" not in seen(pilot))
        assert "NAME" in seen(pilot)
        await pilot.resize_terminal(60, 12)
        await until(pilot, lambda: "WORD" in seen(pilot))


COLUMNS: tuple[Column[str], ...] = (
    Column("id", lambda row: ((row, ""),), 4, rank=1),
    Column("name", lambda row: ((row, ""),), 6, 20),
    Column("queue", lambda row: ((row, ""),), 5, rank=2),
)


@pytest.mark.parametrize(
    ("width", "sizes"),
    [
        (60, [8, 20, 9]),
        (37, [8, 16, 9]),
        (33, [8, 16, 5]),
        (31, [8, 16, 0]),
        (25, [7, 16, 0]),
        (20, [0, 16, 0]),
        (4, [0, 4, 0]),
    ],
)
def test_the_least_wanted_column_shrinks_and_goes_first(width: int, sizes: list[int]) -> None:
    wanted = [8, 30 if width == 60 else 16, 9]
    assert share(COLUMNS, wanted, width) == sizes


@pytest.mark.parametrize("width", range(12))
def test_cut_text_has_the_width_asked_for(width: int) -> None:
    for name in HOSTILE:
        pieces = fit(((name, ""), ("!", "bad")), width)
        assert sum(cell_len(text) for text, _ in pieces) == width
