"""All keys, generated from the commands; those of the current screen first."""

from collections.abc import Iterable, Iterator

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.commands import COMMANDS, Where
from jupystra_tui.ui.job_facts import Keys
from jupystra_tui.ui.screens.sheet import Sheet
from jupystra_tui.ui.theme import content

SECTIONS: dict[Where, str] = {
    "everywhere": "Everywhere",
    "jobs": "Jobs",
    "filter": "Filter",
    "tunnels": "Tunnels",
    "cluster": "Cluster",
    "launch form": "Launch form",
    "launch progress": "Launch progress",
    "login": "Login",
    "log": "Log",
    "details": "Details and help",
    "dialogs": "Dialogs",
}
MOVING = (
    ("up", "Select the row above"),
    ("down", "Select the row below"),
    ("home", "Select the first row"),
    ("end", "Select the last row"),
)


class HelpScreen(Sheet):
    """A list of all keys; `here` is the screen below, whose keys come first."""

    DEFAULT_CSS = """
    HelpScreen > VerticalScroll { width: 84; }
    """

    def __init__(self, keys: Keys, here: Where = "jobs") -> None:
        super().__init__("Keys")
        self._keys = keys
        self._here = here

    def body(self) -> Iterable[Widget]:
        """Return the list."""
        yield Static(Content("\n").join(self._lines()))

    def _lines(self) -> Iterator[Content]:
        first: tuple[Where, ...] = (self._here, "everywhere")
        for where in (*first, *(where for where in SECTIONS if where not in first)):
            yield content((SECTIONS[where], "strong"))
            for command in COMMANDS:
                if command.where == where:
                    yield _line(self._keys(command.id), command.label, command.help)
            yield Content("")
        yield content(("In a table", "strong"))
        yield from (_line(key, "", does) for key, does in MOVING)


def _line(key: str, label: str, does: str) -> Content:
    return content((f"  {key:<8}", "accent"), (f"{label:<10}", ""), (does, "dim"))
