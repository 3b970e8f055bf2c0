"""The input that filters the jobs."""

from textual.widgets import Input

from jupystra_tui.ui.commands import bindings, quiet


class FilterBar(Input):
    """The text to filter by; enter and down return to the table."""

    DEFAULT_CSS = """
    FilterBar, FilterBar:focus { height: 1; border: none; padding: 0 1; background: $panel; }
    """
    BINDINGS = [*bindings("filter"), quiet("down", "submit")]

    def __init__(self) -> None:
        super().__init__(placeholder="text to filter by", id="filter")
