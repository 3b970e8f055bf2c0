"""Home: your jobs, what is known of the selected one, and why it waits."""

from collections.abc import Iterable
from operator import attrgetter
from typing import TYPE_CHECKING

from textual import events
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from jupystra_tui import protocol
from jupystra_tui.frontend.job_filter import JobSearch, read_filter
from jupystra_tui.model import Job, Launch, SessionPhase
from jupystra_tui.ui import clock, server_actions
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.empty import no_jobs
from jupystra_tui.ui.enabled import JobSelection, enabled
from jupystra_tui.ui.enter import Enter, enter_does
from jupystra_tui.ui.job_facts import job_facts
from jupystra_tui.ui.job_note import job_note, session_note
from jupystra_tui.ui.job_views import JobView, JobViews
from jupystra_tui.ui.kill_confirmation import confirm_kill
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.theme import Pieces
from jupystra_tui.ui.widgets.facts import Facts, Note
from jupystra_tui.ui.widgets.job_columns import JobCells
from jupystra_tui.ui.widgets.row_table import Table

if TYPE_CHECKING:
    from textual.widgets import Input

WIDE = 100
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
    "trouble",
)


class JobsScreen(FramedScreen):
    """The first screen. In a narrow window the facts give way, and open as a sheet."""

    where = "jobs"
    BINDINGS = bindings("jobs")
    AUTO_FOCUS = "#jobs"

    def __init__(self) -> None:
        super().__init__()
        self._cells = JobCells()
        self._filter = ""
        self._search = JobSearch(())
        self._steps: tuple[str, ...] = ()
        self._since = 0.0
        self._side = Vertical(id="side")
        self._facts = Facts(id="facts")
        self._note = Note(id="note")
        self.table: Table[Job] = Table(self._cells.columns, attrgetter("key"), id="jobs")

    def body(self) -> Iterable[Widget]:
        """Lay out table, facts and note."""
        yield Vertical(self.table, id="left")
        with self._side:
            self._side.display = False
            yield self._facts
            yield self._note

    def on_mount(self) -> None:
        """Follow the app."""
        self.table.border_title = Content("Jobs")
        for name in FOLLOWED:
            self.follow(name, self.show_queue)

    def on_resize(self, event: events.Resize) -> None:
        """Offer the sheet where the facts gave way."""
        self.refresh_bindings()

    # What is shown

    def show_queue(self) -> None:
        """Show the current state."""
        app, launches = self.app, tuple(self.app.launches.values())
        self._cells.queue = JobViews(
            app.snapshot, app.tunnels, launches, app.connecting, app.scripts, app.killed
        )
        if self._search.jobs is not self._cells.queue.jobs:
            self._search = JobSearch(self._cells.queue.jobs)
        jobs = self._search.matching(self._filter)
        self.table.show(jobs, self._nothing() if app.ready else ())
        if app.wanted_job and any(job.key == app.wanted_job for job in jobs):
            self.table.select(app.wanted_job)
            app.wanted_job = ""
        self._show_count(len(jobs))
        self._show_selected()

    def _nothing(self) -> tuple[Pieces, ...]:
        app = self.app
        wanted = app.cluster.name if app.cluster else ""
        asked = app.snapshot is not None
        steps = app.session.steps if app.session else ()
        if steps != self._steps:
            self._steps, self._since = steps, clock.now()
        return no_jobs(
            app.session,
            wanted=wanted,
            asked=asked,
            filtered=self._filter,
            keys=app.keys,
            took=clock.now() - self._since,
        )

    def _show_count(self, shown: int) -> None:
        total, unread = len(self._cells.queue.jobs), len(self._cells.queue.unread)
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
        """Say why the queue is not up to date, or else what there is to say of the job."""
        stale = session_note(self.app.session, self._cells.queue.taken)
        said, note = stale or job_note(view, self.app.keys), self._note
        note.show(said.title, said.sentences)
        note.set_classes(f"pane -{said.tone or 'plain'}" + (" -quiet" if said.quiet else ""))

    def _show_facts(self, view: JobView) -> None:
        facts = job_facts(view, self.app.history, self.app.keys)
        self._facts.show(f"{view.job.id} {view.job.name}", facts)

    def tick(self) -> None:
        """Let the time go by."""
        self.table.update()
        if self._phase is SessionPhase.CONNECTING and not self.table.rows:
            self.table.show((), self._nothing())
        if view := self.selected:
            self._show_facts(view)
            if self.app.session and self.app.session.problem:
                self._show_note(view)

    @property
    def selected(self) -> JobView | None:
        """The selected job."""
        return self._cells.view(self.table.selected) if self.table.selected else None

    def _pointed(self) -> JobView | None:
        """The job that a key refers to: the one painted as selected."""
        job = self.pointed(self.table)
        return self._cells.view(job) if job else None

    @property
    def _phase(self) -> SessionPhase | None:
        session = self.app.session
        return session.phase if session and self.app.connected else None

    def on_table_selected(self) -> None:
        """Show what is known of it."""
        self._show_selected()

    def on_table_activated(self) -> None:
        """Do what enter does, if it does anything."""
        if enabled("connect", self.selection):
            self.action_connect()

    # The filter

    async def action_filter(self) -> None:
        """Open the line that filters, or go back to it."""
        from jupystra_tui.ui.widgets.filter import FilterBar

        if not self.query("#filter"):
            await self.query_one("#left").mount(FilterBar(lambda: self._search.jobs))
        self.set_focus(self.query_one("#filter"))

    def on_input_changed(self, event: "Input.Changed") -> None:
        """Filter while it is typed."""
        self._filter = event.value
        self.show_queue()

    def on_input_submitted(self) -> None:
        """Go back to the table, filtered as it is."""
        self.set_focus(self.table)

    async def go_back(self) -> bool:
        """Show all jobs again, or stop a login; False if there is nothing of the kind."""
        filters = self.query("#filter")
        if not filters:
            return self._stop_login()
        self.set_focus(self.table)
        await filters.remove()
        self._filter = ""
        self.show_queue()
        return True

    def _stop_login(self) -> bool:
        if self._phase is not SessionPhase.CONNECTING or self.app.cluster is None:
            return False
        self.app.attempt(self.app.request(protocol.Logout(self.app.cluster.name)), "stopping the login")
        return True

    # The keys

    @property
    def selection(self) -> JobSelection:
        """The selected job and the session."""
        view, app = self.selected if self.is_mounted else None, self.app
        return JobSelection(
            view,
            self._phase,
            self._launch(view),
            has_jobs=bool(self._cells.queue.jobs),
            filtering=self.focused is not None and self.focused.id == "filter",
            beside=self.size.width >= WIDE,
            logged_in=app.logged_in,
            logged_out=app.logged_out,
            can_refresh=app.can_refresh,
        )

    def _launch(self, view: JobView | None) -> Launch | None:
        """Return the latest launch of a job."""
        key, cluster = (view.job.key, self.app.cluster) if view else ("", None)
        launches = [one for one in self.app.launches.values() if key and one.job == key]
        return next((one for one in reversed(launches) if cluster and one.cluster == cluster.name), None)

    def action_login(self) -> None:
        """Open the login."""
        self.app.open_login()

    def action_new(self) -> None:
        """Open the form for a new server."""
        self.app.new_launch()

    def action_connect(self) -> None:
        """Log in again, open the job's server in the browser, or open a tunnel to it."""
        view = self._pointed()
        match enter_does(self._phase, view):
            case Enter.LOG_IN if self.app.session:
                self.app.log_in(self.app.session.cluster)
            case Enter.OPEN if view and view.tunnel:
                server_actions.open_browser(self.app, view.tunnel.id)
            case Enter.CONNECT if view:
                server_actions.connect(self.app, view.job)

    def action_browser(self) -> None:
        """Open the job's server in the browser."""
        view = self._pointed()
        if view and view.ready and view.tunnel:
            server_actions.open_browser(self.app, view.tunnel.id)
        elif view:
            server_actions.connect(self.app, view.job, browser=True)

    def action_copy(self) -> None:
        """Copy the address."""
        view = self._pointed()
        if view and view.tunnel:
            server_actions.copy_url(self.app, view.tunnel.id)

    def action_script(self) -> None:
        """Write the job's connect script."""
        view = self._pointed()
        if view and self.app.cluster:
            server_actions.make_script(self.app, self.app.cluster.name, view.job.key)

    def action_progress(self) -> None:
        """Show the progress of the job's launch."""
        launch = self._launch(self._pointed())
        if launch:
            self.app.show_launch(launch)

    def action_log(self) -> None:
        """Read the log."""
        view = self._pointed()
        if view:
            self.app.open_log(view.job)

    def action_details(self) -> None:
        """Show the job's details."""
        from jupystra_tui.ui.screens.job_details import JobDetails

        view = self._pointed()
        if view:
            self.app.push_screen(JobDetails(view, self.app.history, self.app.keys))

    def action_kill(self) -> None:
        """Ask, then end the job."""
        view = self._pointed()
        if view and view.job.killable and self.app.cluster:
            confirm_kill(self.app, self.app.cluster.name, view.job, view.tunnel)

    def action_refresh(self) -> None:
        """Look at the queue now."""
        self.app.refresh_queue()
