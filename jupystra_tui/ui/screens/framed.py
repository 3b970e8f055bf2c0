"""The frame of every full screen: the top line, a body, the line of keys."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from jupystra_tui.ui.widgets.keybar import KeyBar
from jupystra_tui.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from textual import getters

    from jupystra_tui.ui.app import JupystraApp


class FramedScreen(Screen[None]):
    """A full screen; subclasses say what is in its `body`."""

    if TYPE_CHECKING:
        app = getters.app(JupystraApp)

    def compose(self) -> ComposeResult:
        """Put the frame around the body."""
        yield TopBar()
        yield from self.body()
        yield KeyBar()

    def body(self) -> Iterable[Widget]:
        """Return what is between the two lines."""
        return ()

    def follow(self, attribute: str, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the app's attribute has a new value, and once now."""
        self.watch(self.app, attribute, callback)

    def tick(self) -> None:
        """Let the time go by: called every second while this screen is in front."""

    async def go_back(self) -> bool:
        """Leave what is open on this screen; False if there is nothing to leave but the screen."""
        return False

    def on_screen_resume(self) -> None:
        """Bring the lines up to date."""
        self.app.show_status()
        self.tick()
