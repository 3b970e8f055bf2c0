"""The top line: where one is, which cluster, how old the news are, what runs."""

from textual import events
from textual.content import Content
from textual.widget import Widget

from jupystra_tui.ui.theme import Piece, Pieces, content
from jupystra_tui.ui.widgets.fit import fit, width_of

TABS = (("jobs", "1", "Jobs"), ("tunnels", "2", "Tunnels"), ("cluster", "3", "Cluster"))
Part = tuple[int, Pieces]
"""A rank and what is written: 0 stays, higher ones give way first in a narrow window."""
LEAST = 6
"""This rank and higher ones give way even to the brand."""
FULL, DIAMOND, PLAIN, ONLY_CURRENT = 3, 2, 1, 0
_BRANDS = {FULL: "◆ jupystra  ", DIAMOND: "◆  "}


class TopBar(Widget):
    """One line. The left side is made here, `show` takes the right one."""

    DEFAULT_CSS = "TopBar { height: 1; background: $panel; dock: top; }"

    def __init__(self) -> None:
        super().__init__()
        self._right: tuple[Part, ...] = ()
        self._tabs: list[tuple[int, int, str]] = []

    def show(self, right: tuple[Part, ...]) -> None:
        """Draw again if that changes what is seen."""
        if right != self._right:
            self._right = right
            self.refresh()

    def render(self) -> Content:
        """Put both sides into the width there is."""
        room = self.size.width - 2
        left, right = self._choose(room)
        spare = room - width_of(left) - width_of(right)
        if spare < 0:
            right = tuple(fit(right, max(0, room - width_of(left))))
        return content((" ", ""), *left, (" " * max(0, spare), ""), *right, (" ", ""))

    def _choose(self, room: int) -> tuple[Pieces, Pieces]:
        """Let go, in this order: the least of the right side, the brand, more of the right side, other tabs' names."""
        ranks = sorted({rank for rank, _ in self._right if rank}, reverse=True)
        steps = [
            (FULL, 99),
            (FULL, LEAST),
            (DIAMOND, 99),
            *((PLAIN, rank) for rank in (99, *ranks)),
            (ONLY_CURRENT, 1),
        ]
        for names, below in steps:
            left = self._left(names)
            right = self._join(tuple(pieces for rank, pieces in self._right if rank < below))
            if width_of(left) + width_of(right) <= room:
                break
        return left, right

    def _join(self, parts: tuple[Pieces, ...]) -> Pieces:
        pieces: list[Piece] = []
        for part in parts:
            pieces += [("  ", ""), *part] if pieces else part
        return tuple(pieces)

    def _left(self, names: int) -> Pieces:
        pieces: list[Piece] = [(_BRANDS.get(names, ""), "accent strong")]
        self._tabs = []
        for mode, key, title in TABS:
            current = mode == self.app.current_mode
            name = f" {title}" if names or current else ""
            start = 1 + width_of(tuple(pieces))
            self._tabs.append((start, start + len(key + name), mode))
            pieces += [
                (key, "accent" if current else "dim"),
                (name, "strong" if current else "dim"),
                ("  ", ""),
            ]
        return tuple(pieces)

    def on_click(self, event: events.Click) -> None:
        """Go to the screen whose name was clicked."""
        for start, end, mode in self._tabs:
            if start <= event.x < end:
                self.app.switch_mode(mode)
