"""The controls of the launch form: a select, an input for shell commands, and a field with its remark."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input, Select, Static, TextArea

from jupystra_tui.options.option import Control, Option, OptionChoice, Remark
from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.theme import content

MARKS = {"bad": "× ", "warn": "! "}
"""Symbols before a remark: they show its kind also without colors."""


class Picker(Select[str], inherit_bindings=False):
    """A select that shows only the name when it is closed; the arrow keys move between fields."""

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
    BINDINGS = [quiet("enter,space", "show_overlay")]

    def __init__(self, choices: Sequence[OptionChoice], value: str, id: str) -> None:
        self.offered = tuple(choices)
        super().__init__(_rows(choices), allow_blank=False, value=value, compact=True, id=id)

    def offer(self, choices: Sequence[OptionChoice], value: str) -> None:
        """Replace the choices unless they are the same."""
        if self.offered != tuple(choices):
            self.offered = tuple(choices)
            self.set_options(_rows(choices))
            self.value = value
            self._show_name()

    def on_select_changed(self) -> None:
        """Show only the name."""
        self._show_name()

    def _show_name(self) -> None:
        name = next((choice.name for choice in self.offered if choice.value == self.value), "")
        self.query_one("#label", Static).update(Text(name))


def _rows(choices: Sequence[OptionChoice]) -> list[tuple[Text, str]]:
    width = max(cell_len(choice.name) for choice in choices)
    return [
        (Text.assemble(" ", name, " " * (width - cell_len(name) + 2), (remark, "dim")), value)
        for value, name, remark in choices
    ]


class Commands(TextArea):
    """Shell commands, one per line; the arrow keys leave it at its first and last line."""

    DEFAULT_CSS = """
    Commands { height: 3; background: $cursor; border: none; padding: 0 1; scrollbar-size: 1 1; }
    Commands:focus { background: $primary-muted; border: none; }
    """

    def __init__(self, text: str, placeholder: str, id: str) -> None:
        super().__init__(
            text,
            compact=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder=placeholder,
            id=id,
        )

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up, from the first line to the previous field."""
        if self.cursor_location[0] == 0 and not select:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down, from the last line to the next field."""
        if self.cursor_location[0] == self.document.line_count - 1 and not select:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)


Editor = Input | Picker | Commands


class Field(Container):
    """A label, a control, and a remark about its value."""

    DEFAULT_CSS = """
    Field { layout: horizontal; height: auto; }
    Field > .label { width: 12; height: 1; color: $dim; text-align: right; padding: 0 1 0 0; }
    Field > Input.-textual-compact { width: 22; background: $cursor; padding: 0 1; }
    Field > Input.-textual-compact:focus { background: $primary-muted; }
    Field > Picker { width: 22; }
    Field > Commands { width: 1fr; }
    Field > .remark { width: 1fr; height: auto; padding: 0 1 0 2; }
    """

    def __init__(self, option: Option, control: Editor) -> None:
        super().__init__(id=f"field-{option.name}")
        self.label = option.label
        self.control = control
        self._remark = Static("", classes="remark")

    def compose(self) -> ComposeResult:
        """Return the three."""
        yield Static(self.label, classes="label")
        yield self.control
        yield self._remark

    @property
    def text(self) -> str:
        """The text in the control."""
        return self.control.text if isinstance(self.control, Commands) else str(self.control.value)

    def show_remark(self, remark: Remark) -> None:
        """Show a remark."""
        self._remark.update(content((MARKS.get(remark.tone, "") + remark.text, remark.tone)))
        self._remark.display = bool(remark.text)


def control_for(option: Option, text: str, choices: Sequence[OptionChoice]) -> Editor:
    """Return the control that edits an option."""
    if option.control is Control.CHOICE:
        return Picker(choices, text, id=option.name)
    if option.control is Control.LINES:
        return Commands(text, option.placeholder, id=option.name)
    return Input(text, compact=True, id=option.name)
