"""The details of one job, over the table: for windows too narrow to show them beside it."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui.ui.job_facts import Keys, job_facts
from jupystra_tui.ui.job_note import job_note
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.screens.sheet import Sheet
from jupystra_tui.ui.theme import content
from jupystra_tui.ui.tunnel_history import TunnelHistory
from jupystra_tui.ui.widgets.facts import BLANK, facts_content


class JobDetails(Sheet):
    """Details and note of a job at the time when this was opened."""

    def __init__(self, view: JobView, history: TunnelHistory, keys: Keys) -> None:
        super().__init__(f"{view.job.id} {view.job.name}")
        self._facts = job_facts(view, history, keys)
        self._note = job_note(view, keys)

    def body(self) -> Iterable[Widget]:
        """Return the details, and the note below them."""
        yield Static(id="facts")
        if not self._note.quiet:
            yield Static(Content("\n").join(content(*said) for said in self._note.sentences), id="note")

    def on_resize(self) -> None:
        """Fit the details to the width."""
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        after = () if self._note.quiet else (BLANK,)
        self.query_one("#facts", Static).update(facts_content((*self._facts, *after), width))
