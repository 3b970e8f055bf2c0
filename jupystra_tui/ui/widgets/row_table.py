"""A table of any length: only visible lines are built, and only changed ones are painted."""

from collections.abc import Callable, Sequence
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as ContentStyle

from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.theme import TONES, Piece, Pieces
from jupystra_tui.ui.widgets.columns import GAP, Column, Row, share
from jupystra_tui.ui.widgets.fit import fit, width_of

Line = tuple[Pieces, bool]
MARGIN = 3
"""Cells beside the columns: the bar of the selected row, and a space on either side."""


class Table(Guarded, ScrollView, Generic[Row], can_focus=True):
    """Shows a tuple of rows, replaced as a whole; the selection follows its row's key.

    `empty` is shown when there are no rows. Painted lines are cached, so that only lines that differ are painted again;
    whatever invalidates them calls `_repaint`, the only place that clears the cache.
    """

    DEFAULT_CSS = """
    Table { overflow-x: hidden; scrollbar-size-vertical: 1; }
    """
    BINDINGS = [
        quiet("down,j", "move(1)"),
        quiet("up", "move(-1)"),
        quiet("pagedown", "page(1)"),
        quiet("pageup", "page(-1)"),
        quiet("home", "move(-1000000000)"),
        quiet("end", "move(1000000000)"),
    ]

    class Selected(Message):
        """Another row is selected, or other rows are shown."""

    class Activated(Message):
        """The selected row was clicked twice."""

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], str],
        empty: Sequence[Pieces] = (),
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._key = key
        self._empty = tuple(empty)
        self._rows: tuple[Row, ...] = ()
        self._cursor = 0
        self._wanted = self._titles()
        self._sizes = list(self._wanted)
        self._drawn: dict[int, Line] = {}
        self._painted = ""
        self._swapping = False
        self._styles: dict[tuple[str, bool], Style] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows shown."""
        return self._rows

    @property
    def selected(self) -> Row | None:
        """The selected row."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def painted(self) -> Row | None:
        """The current state of the row that is painted as selected, to which a key refers; None if it is not listed."""
        if self._rows and self.up_to_date:
            return self._rows[self._cursor]
        return next((row for row in self._rows if self._key(row) == self._painted), None)

    @property
    def up_to_date(self) -> bool:
        """Whether the selected row is painted as such."""
        return not self._rows or self._key(self._rows[self._cursor]) == self._painted

    def show(self, rows: tuple[Row, ...], empty: Sequence[Pieces] | None = None) -> None:
        """Replace all rows."""
        before = self.selected
        had, self._rows = len(self._rows), rows
        if before is not None and rows:
            self._cursor = self._find(self._key(before))
        else:
            self._cursor = 0
        if empty is not None and tuple(empty) != self._empty:
            self._empty = tuple(empty)
            self._repaint()
        self._swapping = True
        if had != len(rows):
            self.virtual_size = Size(0, len(rows) + 1)
            if not had or not rows:
                self._repaint()
        self._keep_in_view()
        self._swapping = False
        self.update()
        if self.selected != before:
            self.post_message(self.Selected())

    def select(self, key: str) -> None:
        """Select the row of that key, if it is listed."""
        if self._rows:
            self._move_to(self._find(key))

    def update(self) -> None:
        """Repaint the visible lines whose text has changed, for example a time."""
        if self._measure():
            self._repaint()
            return
        for y in range(self.size.height):
            if self._line(y) != self._drawn.get(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def _titles(self) -> list[int]:
        return [width_of(((column.title, ""),)) for column in self._columns]

    def _find(self, key: str) -> int:
        here = min(self._cursor, len(self._rows) - 1)
        if self._key(self._rows[here]) == key:
            return here
        try:
            return list(map(self._key, self._rows)).index(key)
        except ValueError:
            return here

    def _visible(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(len(self._rows), top + max(0, self.size.height - 1)))

    def _measure(self) -> bool:
        """Widen columns for the visible rows; True if that changed the layout. Scrolling never narrows them."""
        wanted = list(self._wanted)
        for index in self._visible():
            for at, column in enumerate(self._columns):
                wanted[at] = max(wanted[at], width_of(column.cell(self._rows[index])))
        sizes = share(self._columns, wanted, self.size.width - MARGIN)
        changed = sizes != self._sizes
        self._wanted, self._sizes = wanted, sizes
        return changed

    def _repaint(self) -> None:
        self._drawn.clear()
        self.refresh()

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + height:
            self.scroll_to(y=self._cursor - height + 1, animate=False, force=True)

    def _move_to(self, index: int) -> None:
        index = max(0, min(len(self._rows) - 1, index))
        if not self._rows or index == self._cursor:
            return
        self._cursor = index
        self._keep_in_view()
        self.update()
        self.post_message(self.Selected())

    def action_move(self, by: int) -> None:
        """Select another row."""
        self._move_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Select the row one page further."""
        self._move_to(self._cursor + by * max(1, self.size.height - 2))

    def on_click(self, event: events.Click) -> None:
        """Select the row under the pointer; twice activates it."""
        index = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or index >= len(self._rows):
            return
        self._move_to(index)
        if event.chain == 2:
            self.post_message(self.Activated())

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self._wanted = self._titles()
        self._measure()
        self._keep_in_view()
        self._repaint()

    def on_focus(self) -> None:
        """Paint the bar of the selected row in its focused color."""
        self._repaint()

    def on_blur(self) -> None:
        """Paint the bar of the selected row in its unfocused color."""
        self._repaint()

    def notify_style_update(self) -> None:
        """Paint all lines again: the colors may be others."""
        super().notify_style_update()
        self._styles.clear()
        self._repaint()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure the rows that became visible; the selection stays visible, so that no key acts on a hidden row."""
        super().watch_scroll_y(old_value, new_value)
        self._measure()
        self._repaint()
        visible = self._visible()
        if visible and not self._swapping:
            self._move_to(max(visible[0], min(visible[-1], self._cursor)))

    def render_line(self, y: int) -> Strip:
        """Return one visible line."""
        pieces, selected = self._drawn[y] = self._line(y)
        if selected and self._rows:
            self._painted = self._key(self._rows[self._cursor])
        segments = [Segment(text, self._style(tone, selected)) for text, tone in pieces]
        return Strip(segments).adjust_cell_length(self.size.width, self._style("", selected))

    def _line(self, y: int) -> Line:
        if not self._rows:
            return self._empty_line(y), False
        if y == 0:
            titles = [((column.title, "dim"),) for column in self._columns]
            return self._join(titles, ("  ", "")), False
        index = y - 1 + self.scroll_offset.y
        if index >= len(self._rows):
            return (), False
        row, selected = self._rows[index], index == self._cursor
        mark = ("▌ " if selected else "  ", "accent" if self.has_focus else "dim")
        return self._join([column.cell(row) for column in self._columns], mark), selected

    def _join(self, cells: Sequence[Pieces], mark: Piece) -> Pieces:
        pieces: list[Piece] = [mark]
        for column, cell, size in zip(self._columns, cells, self._sizes, strict=True):
            if size:
                pieces += [*fit(cell, size, right=column.right), (" " * GAP, "")]
        return tuple(pieces)

    def _empty_line(self, y: int) -> Pieces:
        at = y - max(0, (self.size.height - len(self._empty)) // 2)
        if not 0 <= at < len(self._empty):
            return ()
        pieces = self._empty[at]
        return ((" " * max(0, (self.size.width - width_of(pieces)) // 2), ""), *pieces)

    def _style(self, tone: str, selected: bool) -> Style:
        style = self._styles.get((tone, selected))
        if style is None:
            ground = ContentStyle.parse("on $cursor") if selected else ContentStyle()
            base = self.visual_style + ground + ContentStyle.parse(TONES[tone])
            style = self._styles[tone, selected] = base.rich_style
        return style
