"""The top line: the current screen, the cluster, the age of the queue, and counts of jobs and tunnels."""

from textual import events
from textual.content import Content
from textual.widget import Widget

from jupystra_tui.ui.theme import Piece, Pieces, content
from jupystra_tui.ui.widgets.fit import fit, width_of

TABS = (("jobs", "1", "Jobs"), ("tunnels", "2", "Tunnels"), ("cluster", "3", "Cluster"))
Part = tuple[int, Pieces]
"""A rank and its text: rank 0 always stays, higher ranks are hidden first in a narrow window."""
HIDDEN_FIRST = 6
"""This rank and higher ones are hidden before the brand."""
FULL, DIAMOND, PLAIN, ONLY_CURRENT = 3, 2, 1, 0
_BRANDS = {FULL: "◆ jupystra  ", DIAMOND: "◆  "}


class TopBar(Widget):
    """One line: the tabs on the left, and on the right what `show` gets."""

    DEFAULT_CSS = "TopBar { height: 1; background: $panel; dock: top; }"

    def __init__(self) -> None:
        super().__init__()
        self._right: tuple[Part, ...] = ()
        self._tabs: list[tuple[int, int, str]] = []

    def show(self, right: tuple[Part, ...]) -> None:
        """Repaint if the text has changed."""
        if right != self._right:
            self._right = right
            self.refresh()

    def render(self) -> Content:
        """Fit both sides into the width."""
        width = self.size.width - 2
        left, right = self._choose(width)
        spare = width - width_of(left) - width_of(right)
        if spare < 0:
            right = tuple(fit(right, max(0, width - width_of(left))))
        return content((" ", ""), *left, (" " * max(0, spare), ""), *right, (" ", ""))

    def _choose(self, width: int) -> tuple[Pieces, Pieces]:
        """Hide, in this order: parts of low importance, the brand, more parts, the names of the other tabs."""
        ranks = sorted({rank for rank, _ in self._right if rank}, reverse=True)
        steps = [
            (FULL, 99),
            (FULL, HIDDEN_FIRST),
            (DIAMOND, 99),
            *((PLAIN, rank) for rank in (99, *ranks)),
            (ONLY_CURRENT, 1),
        ]
        for names, below in steps:
            left = self._left(names)
            right = self._join(tuple(pieces for rank, pieces in self._right if rank < below))
            if width_of(left) + width_of(right) <= width:
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
        """Show the screen whose name was clicked."""
        for start, end, mode in self._tabs:
            if start <= event.x < end:
                self.app.switch_mode(mode)
