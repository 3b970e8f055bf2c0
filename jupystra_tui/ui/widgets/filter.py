"""The line that filters a table."""

from textual.binding import Binding
from textual.widgets import Input

from jupystra_tui.ui.commands import quiet


class FilterBar(Input):
    """One line of words; enter and down lead back to the table."""

    DEFAULT_CSS = """
    FilterBar, FilterBar:focus { height: 1; border: none; padding: 0 1; background: $panel; }
    """
    BINDINGS = [
        Binding("enter", "submit", "Back to the table"),
        Binding("escape", "app.back", "Show all"),
        quiet("down", "submit"),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="words that a job’s line holds", id="filter")
