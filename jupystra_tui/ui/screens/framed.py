"""The base of every full screen: the top line, a body, the key line."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from jupystra_tui.ui.commands import Where
from jupystra_tui.ui.dashboard import Dashboard
from jupystra_tui.ui.enabled import Selection, enabled
from jupystra_tui.ui.guard import Guarded, guarded
from jupystra_tui.ui.widgets.keybar import KeyBar
from jupystra_tui.ui.widgets.row_table import Table
from jupystra_tui.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from textual import getters

Row = TypeVar("Row")
GONE = "The selected row is no longer listed; nothing was done."


class FramedScreen(Guarded, Screen[None]):
    """A full screen; subclasses return its `body`."""

    where: ClassVar[Where] = "everywhere"
    """The part of the dashboard whose commands it has."""

    if TYPE_CHECKING:
        app = getters.app(Dashboard)

    def compose(self) -> ComposeResult:
        """Return the top line, the body and the key line."""
        yield TopBar()
        yield from self.body()
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        """Return the widgets between the two lines."""
        return ()

    @property
    def alive(self) -> bool:
        """Whether its widgets still exist: Textual removes them before it stops watchers and timers."""
        return self.display and self.app.is_running

    def follow(self, name: str, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the value of the app's attribute of that name changes, and once now."""
        last: list[object] = []

        def compare() -> None:
            value: object = getattr(self.app, name)
            if self.alive and not (last and last[0] is value):
                last[:] = [value]
                callback()

        for reactive in self.app.DERIVED.get(name, (name,)):
            self.watch(self.app, reactive, guarded(compare, self.app.report))

    def pointed(self, table: Table[Row]) -> Row | None:
        """Return the row that is painted as selected, to which a key refers; if it is no longer listed, say so."""
        row = table.painted
        if row is None and table.rows:
            self.app.show_notification(GONE)
        return row

    @property
    def selection(self) -> Selection:
        """The state that decides which commands can run."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a command of this screen can run."""
        return enabled(action, self.selection)

    def tick(self) -> None:
        """Update what depends on the time: called every second while this screen is in front."""

    async def go_back(self) -> bool:
        """Close what is open on this screen; False if there is only the screen itself."""
        return False

    def on_screen_resume(self) -> None:
        """Update what depends on the time."""
        self.app.show_status()
        self.tick()
