"""The dialog that shows the key of a host that is not known yet, or whose key has changed."""

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.model import HostKey, Prompt
from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.screens.dialog import Choice, Dialog

UNKNOWN = (
    "! This host key is not known yet. Compare the fingerprint with the one that your site publishes: "
    "if it differs, the connection may be intercepted."
)
PUBLISHED = "√ The site publishes this key."
CHANGED = "The node was probably reinstalled. If in doubt, ask your site before you trust the new key."


class HostKeyChoice(Choice, inherit_bindings=False):
    """A choice whose key only selects it; enter confirms."""

    BINDINGS = [quiet("enter", "choose")]


class HostKeyDialog(Dialog[str]):
    """Asks whether to trust a host key; the result is `no`, `once` or `trust`. No single key press trusts."""

    DEFAULT_CSS = """
    HostKeyDialog #fingerprint { text-style: bold; }
    HostKeyDialog #note { color: $warning; }
    HostKeyDialog #note.-published { color: $success; }
    """
    hint = "select with a letter or an arrow key, then enter"

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(classes="-warning")
        self.prompt = prompt
        self._key = prompt.host_key or HostKey(prompt.asker, "", "")
        self.heading = "The host key has changed" if self._key.replaces else "Is this the right host?"

    def body(self) -> Iterable[Widget]:
        """Return the host, its key, and what is known about the key."""
        key = self._key
        yield Static(
            Content.assemble((key.host, "bold"), (f" has this {key.type} key", "$text-muted")), id="host"
        )
        yield Static(key.fingerprint, id="fingerprint", classes="" if key.replaces else "gap", markup=False)
        if key.replaces:
            yield Static(f"before: {key.replaces}", id="before", classes="gap", markup=False)
        notes = "\n".join(text for text in (self.prompt.notes.strip(), self.prompt.text.strip()) if text)
        if notes:
            yield Static(notes, id="notes", classes="gap", markup=False)
        text = CHANGED if key.replaces else PUBLISHED if key.published else UNKNOWN
        note = Static(text, id="note", classes="gap", markup=False)
        note.set_class(key.published, "-published")
        yield note

    def choices(self) -> Iterable[Choice]:
        """Return the possible answers."""
        yield HostKeyChoice("no", "no, do not connect", "no")
        if self._key.once:
            yield HostKeyChoice("once", "once: ask again next time", "once")
        trust = "trust: replace the old key" if self._key.replaces else "trust: remember this key"
        yield HostKeyChoice("trust", trust, "trust")

    def key_pressed(self, choice: Choice) -> None:
        """Select the choice; enter confirms it."""
        self.set_focus(choice)

    def on_choice_chosen(self, event: Choice.Chosen) -> None:
        """Answer."""
        self.dismiss(event.choice.value)

    def action_back(self) -> None:
        """Answer no."""
        self.dismiss("no")
