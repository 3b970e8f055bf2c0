"""The base of the jobs screen: the table, and the selected job."""

from operator import attrgetter

from jupystra_tui.frontend.job_filter import JobSearch
from jupystra_tui.model import Job, Launch, SessionPhase
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.enabled import JobSelection
from jupystra_tui.ui.job_views import JobView
from jupystra_tui.ui.screens.framed import FramedScreen
from jupystra_tui.ui.widgets.job_columns import JobCells
from jupystra_tui.ui.widgets.row_table import Table

WIDE = 100


class JobTableScreen(FramedScreen):
    """Base of the jobs screen: the table of jobs, and what is selected in it."""

    where = "jobs"
    BINDINGS = bindings("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.cells = JobCells()
        self.search = JobSearch(())
        self.table: Table[Job] = Table(self.cells.columns, attrgetter("key"), id="jobs")

    @property
    def selected(self) -> JobView | None:
        """The selected job."""
        return self.cells.view(self.table.selected) if self.table.selected else None

    def pointed_job(self) -> JobView | None:
        """Return the job that a key refers to: the one painted as selected."""
        job = self.pointed(self.table)
        return self.cells.view(job) if job else None

    @property
    def phase(self) -> SessionPhase | None:
        """The phase of the session; None without a session or without a worker."""
        session = self.app.session
        return session.phase if session and self.app.connected else None

    @property
    def selection(self) -> JobSelection:
        """The selected job and the session."""
        view, app = self.selected if self.is_mounted else None, self.app
        return JobSelection(
            view,
            self.phase,
            self.launch_of(view),
            has_jobs=bool(self.cells.queue.jobs),
            filtering=self.focused is not None and self.focused.id == "filter",
            beside=self.size.width >= WIDE,
            logged_in=app.logged_in,
            logged_out=app.logged_out,
            can_refresh=app.can_refresh,
        )

    def launch_of(self, view: JobView | None) -> Launch | None:
        """Return the latest launch of a job."""
        key, cluster = (view.job.key, self.app.cluster) if view else ("", None)
        launches = [one for one in self.app.launches.values() if key and one.job == key]
        return next((one for one in reversed(launches) if cluster and one.cluster == cluster.name), None)
