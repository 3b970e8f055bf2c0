"""What every dialog shares: a framed box in the middle, and choices with a key each."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.guard import Guarded

T = TypeVar("T")


class Choice(Static, can_focus=True):
    """One thing a dialog lets a person do: press its key, click it, or press enter on it."""

    DEFAULT_CSS = """
    Choice { width: auto; max-width: 100%; height: auto; color: $text-muted; pointer: pointer; }
    Choice:hover, Choice:focus { color: $foreground; }
    """
    BINDINGS = [Binding("enter,space", "choose", show=False)]

    class Chosen(Message):
        """A choice was made."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, key: str, label: str, value: str = "", id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.key = key
        self.value = value
        self.label = label
        self.cap_width = len(key)

    def render(self) -> Content:
        """Draw the key as a cap, lit when enter would choose it."""
        cap = "bold $background on $primary" if self.has_focus else "$text-primary on $primary-muted"
        return Content.assemble((f" {self.key.center(self.cap_width)} ", cap), f" {self.label}")

    def watch_has_focus(self, focused: bool) -> None:
        """Draw again; `render` depends on the focus."""
        super().watch_has_focus(focused)
        self.refresh()

    def on_click(self) -> None:
        """Choose by mouse."""
        self.action_choose()

    def action_choose(self) -> None:
        """Say that this is it."""
        self.post_message(self.Chosen(self))


def align(choices: Iterable[Choice]) -> Iterable[Choice]:
    """Give all keys the width of the widest."""
    aligned = list(choices)
    for choice in aligned:
        choice.cap_width = max(len(other.key) for other in aligned)
    return aligned


class Dialog(Guarded, ModalScreen[T], Generic[T]):
    """A question or a message over what is on screen; escape means `back`."""

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
        Binding("escape", "back", show=False),
        Binding("up,left", "app.focus_previous", show=False),
        Binding("down,right", "app.focus_next", show=False),
    ]
    AUTO_FOCUS = "Choice"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-normal"), (36, "-tall")]
    heading = ""
    hint = ""

    def compose(self) -> ComposeResult:
        """Put body and choices into the box, `heading` and `hint` into its frame."""
        with VerticalScroll(id="box", can_focus=False) as box:
            box.border_title = Content(self.heading)
            box.border_subtitle = Content(self.hint)
            yield from self.body()
            yield from align(self.choices())

    def body(self) -> Iterable[Widget]:
        """Return what stands above the choices."""
        return ()

    def choices(self) -> Iterable[Choice]:
        """Return the choices; the first one is the default."""
        return ()

    def on_key(self, event: events.Key) -> None:
        """Make the choice whose key was pressed; enter on a choice is that choice's own."""
        if event.key == "enter" and isinstance(self.focused, Choice):
            return
        for choice in self.query(Choice):
            if choice.key == event.key:
                event.stop()
                self.key_pressed(choice)
                return

    def key_pressed(self, choice: Choice) -> None:
        """Take the choice whose key it was."""
        choice.action_choose()

    def remark(self, text: str) -> None:
        """Say something in the frame, where the hint is; the hint again when it is empty."""
        for box in self.query("#box"):
            box.border_subtitle = Content(text or self.hint)
            box.set_class(bool(text), "-remark")
