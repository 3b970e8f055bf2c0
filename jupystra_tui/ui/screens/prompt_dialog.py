"""A prompt of a host (password, passphrase, code of a second factor) and the answer to it."""

from collections.abc import Iterable
from typing import NamedTuple

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from jupystra_tui.model import Prompt
from jupystra_tui.text import Secret
from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.screens.dialog import Choice, Dialog
from jupystra_tui.ui.widgets.text_checkbox import TextCheckbox


class AnswerInput(Input):
    """An input whose text is in no message (tracebacks show messages), nor in the clipboard while it is masked."""

    def post_message(self, message: Message) -> bool:
        """Drop the messages that contain the text."""
        if isinstance(message, Input.Changed | Input.Submitted | Input.Blurred):
            return False
        return super().post_message(message)

    def action_copy(self) -> None:
        """Copy the selection, unless the text is masked."""
        if not self.password:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut the selection, unless the text is masked."""
        if not self.password:
            super().action_cut()

    def take(self) -> Secret:
        """Return the typed text and forget it."""
        secret = Secret(self.value)
        self.clear()
        return secret


class Consent(TextCheckbox, inherit_bindings=False):
    """A checkbox that leaves enter to the dialog."""

    BINDINGS = [quiet("space", "toggle_button")]


class PromptReply(NamedTuple):
    """The reply to a prompt; `answer` is None where the user canceled, or accepted what was `offered`."""

    answer: Secret | None = None
    keep: bool = False
    offered: bool = False


class PromptDialog(Dialog[PromptReply]):
    """Shows a prompt and takes the answer."""

    DEFAULT_CSS = """
    PromptDialog #answer { margin-bottom: 1; background: $cursor; padding: 0 1; }
    PromptDialog #remark { color: $warning; display: none; }
    PromptDialog Consent { width: 100%; margin-bottom: 1; }
    """
    AUTO_FOCUS = "AnswerInput"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self.heading = f"{prompt.asker} asks"
        self.prompt = prompt
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """Return the text of the host, its prompt, and the input for the answer."""
        if self.prompt.notes.strip():
            yield VerticalScroll(Static(self.prompt.notes.strip("\n"), markup=False), id="notes")
        yield Static(self.prompt.text, id="question", markup=False)
        yield AnswerInput(password=not self.prompt.echo, compact=True, id="answer")
        yield from self._terms()
        yield Static("! The answer is empty; press enter again to send it.", id="remark", classes="gap")

    def _terms(self) -> Iterable[Widget]:
        """Return how the answer is used, and what can be sent instead of one."""
        prompt = self.prompt
        if ticked := f"{prompt.offer}, until you log out" if prompt.offer else prompt.keep:
            yield Consent(Content(ticked), compact=True)
        once = "Press enter alone to use it once. " if prompt.offer else ""
        held = f"Your answer is {prompt.held}." if prompt.held else ""
        if terms := once + held:
            yield Static(terms, id="terms", classes="dim gap", markup=False)

    def choices(self) -> Iterable[Choice]:
        """Return answer and cancel."""
        yield Choice("answer", "answer", "answer")
        yield Choice("cancel", "cancel")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer, or cancel."""
        if event.choice.value == "answer":
            self._answer()
        else:
            self.action_back()

    def action_back(self) -> None:
        """Cancel."""
        self.query_one(AnswerInput).clear()
        self.dismiss(PromptReply())

    def _answer(self) -> None:
        answer = self.query_one(AnswerInput).take()
        offered = bool(self.prompt.offer) and not answer
        if answer or offered or self._warned:
            self.dismiss(PromptReply(answer, any(tick.value for tick in self.query(Consent)), offered))
            return
        self._warned = True
        self.query_one("#remark").display = True
        self.screen.set_focus(self.query_one(AnswerInput))
