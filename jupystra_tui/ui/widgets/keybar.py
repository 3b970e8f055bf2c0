"""The key line at the bottom: the commands that can run now. One widget; Textual's Footer has one per key."""

from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.theme import Piece, content
from jupystra_tui.ui.widgets.fit import width_of

Key = tuple[str, str, str, str]
"""The key, the key as shown, the label, and the help."""


class KeyBar(Guarded, Widget):
    """Shows as many commands as fit; the last `KEPT` are always shown."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; dock: bottom; }
    """
    KEPT = 2

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[Key, ...] = ()
        self._places: list[tuple[int, int, Key]] = []

    def on_mount(self) -> None:
        """Follow the active bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: "Screen[object]") -> None:
        keys = tuple(
            (binding.key, self.app.get_key_display(binding), binding.description, binding.tooltip)
            for _, binding, enabled, _ in screen.active_bindings.values()
            if binding.show and enabled
        )
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render(self) -> Content:
        """Return the keys from left to right."""
        keys = list(self._keys)
        while len(keys) > self.KEPT and sum(map(self._width, keys)) > self.size.width:
            keys.pop(-self.KEPT - 1)
        pieces: list[Piece] = []
        self._places = []
        for key in keys:
            start = width_of(tuple(pieces))
            pieces += [(" " + key[1], "accent strong"), (" " + key[2] + " ", "dim")]
            self._places.append((start, start + self._width(key), key))
        return content(*pieces)

    def _width(self, key: Key) -> int:
        return len(key[1]) + len(key[2]) + 3

    def _at(self, x: int) -> Key | None:
        return next((key for start, end, key in self._places if start <= x < end), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show the help of the command under the pointer as a tooltip."""
        key = self._at(event.x)
        if self.tooltip != (key[3] if key else None):
            self.tooltip = key[3] if key else None

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        key = self._at(event.x)
        if key:
            self.app.simulate_key(key[0])
