"""All that is known of one job, over the table: for windows that have no room beside it."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.job_facts import Keys, job_facts
from jupystra_tui.ui.job_note import job_note
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.theme import content
from jupystra_tui.ui.tunnel_history import TunnelHistory
from jupystra_tui.ui.widgets.facts import BLANK, facts_content


class Sheet(Guarded, ModalScreen[None]):
    """Facts and note of a job as they were when it was opened."""

    DEFAULT_CSS = """
    Sheet { align: center middle; background: $background 70%; }
    Sheet > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $primary; border-title-color: $primary; border-title-style: bold;
        border-subtitle-color: $dim; scrollbar-size-vertical: 1;
        & > Static { width: 100%; height: auto; }
    }
    """
    BINDINGS = [quiet("escape,space,enter", "dismiss")]

    def __init__(self, view: JobView, history: TunnelHistory, keys: Keys) -> None:
        super().__init__()
        self._view = view
        self._facts = job_facts(view, history, keys)
        self._note = job_note(view, keys)

    def compose(self) -> ComposeResult:
        """Put the note below the facts."""
        with VerticalScroll() as sheet:
            sheet.border_title = Content(f"{self._view.job.id} {self._view.job.name}")
            sheet.border_subtitle = Content("esc closes")
            yield Static(id="facts")
            if not self._note.quiet:
                yield Static(Content("\n").join(content(*said) for said in self._note.sentences), id="note")

    def on_resize(self) -> None:
        """Cut the facts to the width there is."""
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        after = () if self._note.quiet else (BLANK,)
        self.query_one("#facts", Static).update(facts_content((*self._facts, *after), width))
