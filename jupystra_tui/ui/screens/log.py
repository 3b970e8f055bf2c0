"""The end of a job's log, followed while the job runs."""

from collections.abc import Iterable

from textual import work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Job, JobState
from jupystra_tui.ui.commands import bindings
from jupystra_tui.ui.screens.log_lines import LogLines
from jupystra_tui.ui.screens.paned import PanedScreen
from jupystra_tui.ui.theme import content, lines

EVERY = 3.0
"""Seconds between two reads of a log that is followed."""


class LogScreen(PanedScreen):
    """Shows the log of one job; follows it while its end is visible."""

    CSS = """
    LogScreen #notice { display: none; height: 1fr; padding: 1 2; }
    LogScreen.-explaining #notice { display: block; }
    LogScreen.-explaining #log { display: none; }
    """
    where = "log"
    BINDINGS = bindings("log")
    AUTO_FOCUS = "#log"

    def __init__(self, cluster: str, job: Job) -> None:
        super().__init__()
        self._cluster = cluster
        self._job = job
        self._lines = LogLines(id="log", classes="framed")
        self._notice = Static(id="notice", classes="framed")
        self._path = ""
        self._error = ""
        self._reading = False

    def body(self) -> Iterable[Widget]:
        """Return the log, or the reason why it is not shown."""
        title = content(("log of ", ""), (self._job.id, "accent"), (f" {self._job.name}", ""))
        for pane in (self._lines, self._notice):
            pane.border_title = title
            pane.styles.border_subtitle_align = "left"
            yield pane

    def on_mount(self) -> None:
        """Read the log now, and again while it is followed."""
        self._explain("reading the log …")
        self._read()
        self.set_interval(EVERY, self.follow_log)

    @property
    def _state(self) -> JobState:
        jobs = self.app.snapshot.jobs if self.app.snapshot else ()
        return next((job for job in jobs if job.key == self._job.key), self._job).state

    def follow_log(self) -> None:
        """Read again, if the job runs and the end is visible."""
        if self.is_active and self._lines.at_end and not self._state.finished:
            self._read()
        self._show_mode()

    def _read(self) -> None:
        if not self._reading:
            self._request()

    @work(group="log", exit_on_error=False)
    async def _request(self) -> None:
        self._reading = True
        try:
            outcome = await self.app.request(protocol.ReadLog(self._cluster, self._job.key))
        except JupystraError as error:
            self._fail(error)
        else:
            self._show(outcome)
        finally:
            self._reading = False

    def _fail(self, error: JupystraError) -> None:
        """Show why the log cannot be read; the last text stays."""
        if self._path:
            self._error = error.title
            self._show_mode()
        else:
            self._explain(error.title, error.hint)

    def _show(self, log: protocol.LogRead) -> None:
        self._path, self._error = log.path, ""
        if log.text.strip():
            self._lines.show(log.text)
            self.remove_class("-explaining")
        else:
            self._explain("The log is empty.", _why_empty(self._state))
        self._show_mode()

    def _explain(self, title: str, hint: str = "") -> None:
        self._notice.update(lines(((title, "warn"),), ((hint, "dim"),)))
        self.add_class("-explaining")

    def _show_mode(self) -> None:
        if self._error:
            mode = self._error
        elif self._state.finished:
            mode = f"the job has ended: {self._state.value}"
        elif self._lines.at_end:
            mode = f"following, every {EVERY:.0f} s"
        else:
            mode = "not following; press end to follow"
        for pane in (self._lines, self._notice):
            pane.border_subtitle = Content(f"{mode} · {self._path}" if self._path else mode)

    def tick(self) -> None:
        """Show whether the log is followed."""
        self._show_mode()


def _why_empty(state: JobState) -> str:
    if state is JobState.PENDING:
        return "The job has not started yet."
    return "The job ended without output." if state.finished else "The job has not written any output yet."
