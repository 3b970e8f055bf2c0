"""The controls of the launch form: a select, a few lines of commands, and a field with its remark."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widgets import Input, Select, Static, TextArea

from jupystra_tui.ui.screens.launch_fields import Remark
from jupystra_tui.ui.theme import content

MARKS = {"bad": "× ", "warn": "! "}
"""What stands before a remark, so that it is seen without colors too."""
Option = tuple[str, str, str]
"""A value, its name, and what is said of it."""


class Picker(Select[str], inherit_bindings=False):
    """A select that shows only the name when it is closed, and leaves the arrows to the form."""

    DEFAULT_CSS = """
    Picker { height: 1; }
    Picker > SelectCurrent .arrow, Picker:focus > SelectCurrent .arrow { color: $foreground; }
    Picker.-textual-compact > SelectCurrent { padding: 0 1; background: $cursor; height: 1; }
    Picker.-textual-compact:focus > SelectCurrent, Picker.-expanded > SelectCurrent { background: $primary-muted; }
    Picker.-textual-compact > SelectOverlay {
        width: 56; max-width: 100vw; border: round $border !important; background: $surface; padding: 0;
        constrain: inside inside;
        & > .option-list--option { padding: 0; }
        & > .option-list--option-highlighted { background: $primary-muted; color: $foreground; text-style: bold; }
    }
    """
    BINDINGS = [Binding("enter,space", "show_overlay", show=False)]

    def __init__(self, options: Sequence[Option], value: str, id: str) -> None:
        self.offered = tuple(options)
        super().__init__(_rows(options), allow_blank=False, value=value, compact=True, id=id)

    def offer(self, options: Sequence[Option], value: str) -> None:
        """Replace the options unless they are the same."""
        if self.offered != tuple(options):
            self.offered = tuple(options)
            self.set_options(_rows(options))
            self.value = value
            self._show_name()

    def on_select_changed(self) -> None:
        """Show the name alone."""
        self._show_name()

    def _show_name(self) -> None:
        name = next((name for value, name, _ in self.offered if value == self.value), "")
        self.query_one("#label", Static).update(Text(name))


def _rows(options: Sequence[Option]) -> list[tuple[Text, str]]:
    width = max(cell_len(name) for _, name, _ in options)
    return [
        (Text.assemble(" ", name, " " * (width - cell_len(name) + 2), (said, "dim")), value)
        for value, name, said in options
    ]


class Commands(TextArea):
    """Shell commands, one a line; the arrows leave it at its ends."""

    DEFAULT_CSS = """
    Commands { height: 3; background: $cursor; border: none; padding: 0 1; scrollbar-size: 1 1; }
    Commands:focus { background: $primary-muted; border: none; }
    """

    def __init__(self, text: str, id: str) -> None:
        super().__init__(
            text,
            compact=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder="run first, one a line: module load …, conda activate …",
            id=id,
        )

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up, at the top to the field before."""
        if self.cursor_location[0] == 0 and not select:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down, at the end to the field after."""
        if self.cursor_location[0] == self.document.line_count - 1 and not select:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)


Control = Input | Picker | Commands


class Field(Container):
    """A label, a control, and what is said about its value."""

    DEFAULT_CSS = """
    Field { layout: horizontal; height: auto; }
    Field > .label { width: 11; height: 1; color: $dim; text-align: right; padding: 0 1 0 0; }
    Field > Input.-textual-compact { width: 22; background: $cursor; padding: 0 1; }
    Field > Input.-textual-compact:focus { background: $primary-muted; }
    Field > Picker { width: 22; }
    Field > Commands { width: 1fr; }
    Field > .remark { width: 1fr; height: auto; padding: 0 0 0 2; }
    """

    def __init__(self, name: str, label: str, control: Control) -> None:
        super().__init__(id=f"field-{name}")
        self.label = label
        self.control = control
        self._remark = Static("", classes="remark")

    def compose(self) -> ComposeResult:
        """Put the three beside each other."""
        yield Static(self.label, classes="label")
        yield self.control
        yield self._remark

    @property
    def text(self) -> str:
        """What the control holds."""
        return self.control.text if isinstance(self.control, Commands) else str(self.control.value)

    def say(self, remark: Remark) -> None:
        """Show a remark."""
        self._remark.update(content((MARKS.get(remark.tone, "") + remark.text, remark.tone)))
        self._remark.display = bool(remark.text)


def control_for(name: str, text: str, options: Sequence[Option] = ()) -> Control:
    """Return the control for a field: a picker where there are options."""
    if options:
        return Picker(options, text, id=name)
    if name == "setup":
        return Commands(text, id=name)
    return Input(text, compact=True, id=name)
