"""The base of all dialogs: a framed box in the middle, and choices with one key each."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.commands import bindings, quiet
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.keys import keys_of

T = TypeVar("T")


class Choice(Static, can_focus=True):
    """One choice of a dialog: press its key, click it, or focus it and press enter. `command` is its command's id."""

    DEFAULT_CSS = """
    Choice { width: auto; max-width: 100%; height: auto; color: $text-muted; pointer: pointer; }
    Choice:hover, Choice:focus { color: $foreground; }
    """
    BINDINGS = [quiet("enter,space", "choose")]

    class Chosen(Message):
        """The user made a choice."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, command: str, label: str, value: str = "", id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.command = command
        self.value = value
        self.label = label
        self.cap_width = 0

    @property
    def key(self) -> str:
        """The key as it is shown."""
        return keys_of(self)(self.command)

    def has_key(self, key: str) -> bool:
        """Return whether a key, as Textual names it, makes this choice."""
        return key in keys_of(self).all(self.command)

    def render(self) -> Content:
        """Return key and label; the key is highlighted when enter makes this choice."""
        cap = "bold $background on $primary" if self.has_focus else "$text-primary on $primary-muted"
        return Content.assemble((f" {self.key.center(self.cap_width)} ", cap), f" {self.label}")

    def watch_has_focus(self, focused: bool) -> None:
        """Render again: it depends on the focus."""
        super().watch_has_focus(focused)
        self.refresh()

    def on_click(self) -> None:
        """Choose by mouse."""
        self.action_choose()

    def action_choose(self) -> None:
        """Report that this choice was made."""
        self.post_message(self.Chosen(self))


def align(choices: Iterable[Choice]) -> Iterable[Choice]:
    """Give all keys the width of the widest one."""
    aligned = list(choices)
    for choice in aligned:
        choice.cap_width = max(len(other.key) for other in aligned)
    return aligned


class Dialog(Guarded, ModalScreen[T], Generic[T]):
    """A question or a message over the current screen."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 70%; }
    Dialog > #box {
        width: 68; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $text-muted;
        background: $surface; padding: 1 2; scrollbar-size-vertical: 1;
        &.-remark { border-subtitle-color: $warning; }
        & > Static { width: 100%; height: auto; }
        & > .gap { margin-bottom: 1; }
        & > .dim { color: $text-muted; }
        & > VerticalScroll { height: auto; max-height: 9; margin-bottom: 1; scrollbar-size-vertical: 1; }
    }
    Dialog.-low > #box > VerticalScroll { max-height: 4; }
    Dialog.-tall > #box > VerticalScroll { max-height: 24; }
    Dialog.-warning > #box { border: round $warning; border-title-color: $warning; }
    Dialog.-error > #box { border: round $error; border-title-color: $error; }
    """
    BINDINGS = [
        *bindings("dialogs", "cancel"),
        quiet("up,left", "app.focus_previous"),
        quiet("down,right", "app.focus_next"),
    ]
    AUTO_FOCUS = "Choice"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-normal"), (36, "-tall")]
    heading = ""
    hint = ""

    def compose(self) -> ComposeResult:
        """Return the box with body and choices; its frame has `heading` and `hint`."""
        with VerticalScroll(id="box", can_focus=False) as box:
            box.border_title = Content(self.heading)
            box.border_subtitle = Content(self.hint)
            yield from self.body()
            yield from align(self.choices())

    def body(self) -> Iterable[Widget]:
        """Return the widgets above the choices."""
        return ()

    def choices(self) -> Iterable[Choice]:
        """Return the choices; the first one is the default."""
        return ()

    def on_key(self, event: events.Key) -> None:
        """Make the choice whose key was pressed; enter makes the choice that has the focus."""
        if event.key == "enter" and isinstance(self.focused, Choice):
            return
        for choice in self.query(Choice):
            if choice.has_key(event.key):
                event.stop()
                self.key_pressed(choice)
                return

    def key_pressed(self, choice: Choice) -> None:
        """Make the choice whose key was pressed."""
        choice.action_choose()

    def remark(self, text: str) -> None:
        """Show a remark in the frame instead of the hint; the hint again when it is empty."""
        for box in self.query("#box"):
            box.border_subtitle = Content(text or self.hint)
            box.set_class(bool(text), "-remark")
