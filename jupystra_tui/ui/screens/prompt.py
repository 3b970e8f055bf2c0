"""A question of a host (password, passphrase, code of a second factor) and the answer on its way out."""

from collections.abc import Iterable
from typing import NamedTuple

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from jupystra_tui.model import Prompt
from jupystra_tui.text import Secret
from jupystra_tui.ui.screens.dialog import Choice, Dialog
from jupystra_tui.ui.widgets.tick import Tick


class AnswerInput(Input):
    """An input whose text is in no message: a crash trace shows the messages under way."""

    def post_message(self, message: Message) -> bool:
        """Swallow the messages that carry the text."""
        if isinstance(message, Input.Changed | Input.Submitted | Input.Blurred):
            return False
        return super().post_message(message)

    def take(self) -> Secret:
        """Return what was typed and forget it."""
        secret = Secret(self.value)
        self.clear()
        return secret


class Reply(NamedTuple):
    """What the person made of a prompt; no `answer` where they gave up, or took what was `offered`."""

    answer: Secret | None = None
    keep: bool = False
    offered: bool = False


class PromptDialog(Dialog[Reply]):
    """Asks what a host asks."""

    DEFAULT_CSS = """
    PromptDialog #answer { margin-bottom: 1; background: $cursor; padding: 0 1; }
    PromptDialog #remark { color: $warning; display: none; }
    PromptDialog Tick { width: 100%; margin-bottom: 1; }
    """
    AUTO_FOCUS = "AnswerInput"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__()
        self.heading = f"{prompt.asker} asks"
        self.prompt = prompt
        self._warned = False

    def body(self) -> Iterable[Widget]:
        """Return what the host said, its question, and room for the answer."""
        if self.prompt.notes.strip():
            yield VerticalScroll(Static(self.prompt.notes.strip("\n"), markup=False), id="notes")
        yield Static(self.prompt.text, id="question", markup=False)
        yield AnswerInput(password=not self.prompt.echo, compact=True, id="answer")
        if self.prompt.keep:
            yield Tick(Content(self.prompt.keep), value=True, compact=True)
        yield Static("Nothing is typed; enter again sends an empty answer.", id="remark", classes="gap")

    def choices(self) -> Iterable[Choice]:
        """Return answer, the offer if there is one, and give up."""
        yield Choice("enter", "answer", "answer")
        if self.prompt.offer:
            yield Choice("ctrl+o", self.prompt.offer, "offer")
        yield Choice("esc", "give up, nothing more is sent", "give up")

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer, take the offer, or give up."""
        if event.choice.value == "answer":
            self._answer()
        elif event.choice.value == "offer":
            self.query_one(AnswerInput).clear()
            self.dismiss(Reply(Secret(""), keep=True, offered=True))
        else:
            self.action_back()

    def action_back(self) -> None:
        """Give up."""
        self.query_one(AnswerInput).clear()
        self.dismiss(Reply())

    def _answer(self) -> None:
        answer = self.query_one(AnswerInput).take()
        if answer or self._warned:
            keep = any(box.value for box in self.query(Tick))
            self.dismiss(Reply(answer, keep))
            return
        self._warned = True
        self.query_one("#remark").display = True
        self.query_one(AnswerInput).focus()
