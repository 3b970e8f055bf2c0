"""A box to tick that can be read without colour."""

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Shows `[x]` or `[ ]`: a checkbox of Textual tells on from off by colour alone."""

    DEFAULT_CSS = """
    Tick > .toggle--button, Tick.-on > .toggle--button { color: $foreground; background: transparent; }
    Tick.-textual-compact:focus { border: none; }
    """
    BUTTON_LEFT, BUTTON_RIGHT = "", ""
    ON, OFF = "[x]", "[ ]"

    def watch_value(self) -> None:
        """Draw the mark that fits."""
        self.BUTTON_INNER = self.ON if self.value else self.OFF
        super().watch_value()

    def on_mount(self) -> None:
        """Draw the first one."""
        self.BUTTON_INNER = self.ON if self.value else self.OFF
