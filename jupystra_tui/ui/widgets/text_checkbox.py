"""A checkbox that can be read without color."""

from textual.widgets import Checkbox


class TextCheckbox(Checkbox):
    """Shows `[x]` or `[ ]`: Textual's checkbox shows its value only by color."""

    DEFAULT_CSS = """
    TextCheckbox > .toggle--button, TextCheckbox.-on > .toggle--button {
        color: $foreground; background: transparent;
    }
    TextCheckbox.-textual-compact:focus { border: none; }
    """
    BUTTON_LEFT, BUTTON_RIGHT = "", ""
    ON, OFF = "[x]", "[ ]"

    def watch_value(self) -> None:
        """Show the current value."""
        self.BUTTON_INNER = self.ON if self.value else self.OFF
        super().watch_value()

    def on_mount(self) -> None:
        """Show the initial value."""
        self.BUTTON_INNER = self.ON if self.value else self.OFF
