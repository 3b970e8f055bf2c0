"""What the keys do, made from the commands."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from jupystra_tui.ui.commands import COMMANDS, Where, quiet
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.job_facts import Keys
from jupystra_tui.ui.keys import key_name
from jupystra_tui.ui.theme import content

SECTIONS: tuple[tuple[Where, str], ...] = (
    ("everywhere", "Everywhere"),
    ("jobs", "Jobs"),
    ("tunnels", "Tunnels"),
    ("cluster", "Cluster"),
)
MOVING = (
    ("up", "Select the row above"),
    ("down", "Select the row below"),
    ("home", "Select the first row"),
    ("end", "Select the last row"),
)


class HelpScreen(Guarded, ModalScreen[None]):
    """A sheet that scrolls; `here` are the keys of the screen below, where it is none of the main ones."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 70%; }
    HelpScreen > VerticalScroll {
        width: 84; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $dim; scrollbar-size-vertical: 1;
        & > Static { width: 100%; height: auto; }
    }
    """
    BINDINGS = [quiet("escape,question_mark,q,enter", "dismiss")]

    def __init__(self, keys: Keys, here: Sequence[Binding] = ()) -> None:
        super().__init__()
        self._keys = keys
        self._here = here

    def compose(self) -> ComposeResult:
        """List the commands, screen by screen."""
        with VerticalScroll() as sheet:
            sheet.border_title = Content("What the keys do")
            sheet.border_subtitle = Content("esc closes")
            yield Static(Content("\n").join(self._lines()))

    def _lines(self) -> Iterator[Content]:
        if self._here:
            yield content(("On this screen", "strong"))
            yield from (_line(key_name(one.key), one.description, one.tooltip) for one in self._here)
            yield Content("")
        for where, title in SECTIONS:
            yield content((title, "strong"))
            for command in COMMANDS:
                if command.where == where:
                    yield _line(self._keys(command.id), command.label, command.help)
            yield Content("")
        yield content(("In a table", "strong"))
        yield from (_line(key, "", does) for key, does in MOVING)


def _line(key: str, label: str, does: str) -> Content:
    return content((f"  {key:<8}", "accent"), (f"{label:<10}", ""), (does, "dim"))
