"""The jobs screen: your jobs, and the details of the selected one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from jupystra_tui import protocol
from jupystra_tui.frontend.job_filter import JobSearch, read_filter
from jupystra_tui.model import SessionPhase
from jupystra_tui.ui import clock
from jupystra_tui.ui.empty import no_jobs
from jupystra_tui.ui.enabled import enabled
from jupystra_tui.ui.job_facts import job_facts
from jupystra_tui.ui.job_note import job_note, session_note
from jupystra_tui.ui.job_views import JobView, JobViews
from jupystra_tui.ui.screens.jobs_commands import JobCommandsScreen
from jupystra_tui.ui.theme import Pieces
from jupystra_tui.ui.widgets.facts import Facts, Note

if TYPE_CHECKING:
    from textual.widgets import Input

FOLLOWED = (
    "cluster",
    "session",
    "snapshot",
    "tunnels",
    "launches",
    "connecting",
    "scripts",
    "killed",
    "ready",
    "worker_status",
)


class JobsScreen(JobCommandsScreen):
    """The first screen. In a narrow window the details are hidden, and open over the table."""

    AUTO_FOCUS = "#jobs"

    def __init__(self) -> None:
        super().__init__()
        self._filter = ""
        self._steps: tuple[str, ...] = ()
        self._since = 0.0
        self._side = Vertical(id="side")
        self._facts = Facts(id="facts")
        self._note = Note(id="note")

    def body(self) -> Iterable[Widget]:
        """Return the table, the details and the note."""
        yield Vertical(self.table, id="left")
        with self._side:
            self._side.display = False
            yield self._facts
            yield self._note

    def on_mount(self) -> None:
        """Update when the app's state changes."""
        self.table.border_title = Content("Jobs")
        for name in FOLLOWED:
            self.follow(name, self.show_queue)

    def on_resize(self, event: events.Resize) -> None:
        """Update whether the details can be opened over the table."""
        self.refresh_bindings()

    # What is shown

    def show_queue(self) -> None:
        """Show the current state."""
        app, launches = self.app, tuple(self.app.launches.values())
        self.cells.queue = JobViews(
            app.snapshot, app.tunnels, launches, app.connecting, app.scripts, app.killed
        )
        if self.search.jobs is not self.cells.queue.jobs:
            self.search = JobSearch(self.cells.queue.jobs)
        jobs = self.search.matching(self._filter)
        self.table.show(jobs, self._empty_text() if app.ready else ())
        if app.wanted_job and any(job.key == app.wanted_job for job in jobs):
            self.table.select(app.wanted_job)
            app.wanted_job = ""
        self._show_count(len(jobs))
        self._show_selected()

    def _empty_text(self) -> tuple[Pieces, ...]:
        app = self.app
        wanted = app.cluster.name if app.cluster else ""
        polled = app.snapshot is not None
        steps = app.session.steps if app.session else ()
        if steps != self._steps:
            self._steps, self._since = steps, clock.now()
        return no_jobs(
            app.session,
            wanted=wanted,
            polled=polled,
            filter_text=self._filter,
            keys=app.keys,
            seconds=clock.now() - self._since,
        )

    def _show_count(self, shown: int) -> None:
        total, unread = len(self.cells.queue.jobs), len(self.cells.queue.unread)
        text = f"{shown} of {total}" if shown != total else f"{total}" if total else ""
        if problem := read_filter(self._filter).problem:
            text = f"{problem} · {text}"
        if unread:
            text += f" · {unread} {'line' if unread == 1 else 'lines'} could not be read"
        if text != str(self.table.border_subtitle or ""):
            self.table.border_subtitle = Content(text)

    def _show_selected(self) -> None:
        view = self.selected
        self._side.display = view is not None
        if view:
            self._show_note(view)
            self._show_facts(view)
        self.refresh_bindings()

    def _show_note(self, view: JobView) -> None:
        """Show why the queue is out of date, or else the note on the job."""
        stale = session_note(self.app.session, self.cells.queue.taken)
        said, note = stale or job_note(view, self.app.keys), self._note
        note.show(said.title, said.sentences)
        note.set_classes(f"pane -{said.tone or 'plain'}" + (" -quiet" if said.quiet else ""))

    def _show_facts(self, view: JobView) -> None:
        facts = job_facts(view, self.app.history, self.app.keys)
        self._facts.show(f"{view.job.id} {view.job.name}", facts)

    def tick(self) -> None:
        """Update the times."""
        self.table.update()
        if self.phase is SessionPhase.CONNECTING and not self.table.rows:
            self.table.show((), self._empty_text())
        if view := self.selected:
            self._show_facts(view)
            if self.app.session and self.app.session.problem:
                self._show_note(view)

    def on_table_selected(self) -> None:
        """Show its details."""
        self._show_selected()

    def on_table_activated(self) -> None:
        """Do what `enter` does, if it does anything."""
        if enabled("connect", self.selection):
            self.action_connect()

    # The filter

    def on_input_changed(self, event: "Input.Changed") -> None:
        """Filter while the user types."""
        self._filter = event.value
        self.show_queue()

    def on_input_submitted(self) -> None:
        """Focus the table and keep the filter."""
        self.set_focus(self.table)

    async def go_back(self) -> bool:
        """Remove the filter, or stop a login; False if there is neither."""
        filters = self.query("#filter")
        if not filters:
            return self._stop_login()
        self.set_focus(self.table)
        await filters.remove()
        self._filter = ""
        self.show_queue()
        return True

    def _stop_login(self) -> bool:
        if self.phase is not SessionPhase.CONNECTING or self.app.cluster is None:
            return False
        self.app.attempt(self.app.request(protocol.Logout(self.app.cluster.name)), "stopping the login")
        return True
