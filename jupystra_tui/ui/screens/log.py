"""The end of a job's log, followed while the job runs."""

from collections.abc import Iterable

from textual import work
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from jupystra_tui import protocol
from jupystra_tui.errors import JupystraError
from jupystra_tui.model import Job, JobState
from jupystra_tui.ui.screens.log_lines import LogLines
from jupystra_tui.ui.screens.paned import PanedScreen
from jupystra_tui.ui.theme import content, lines

EVERY = 3.0
"""Seconds between two looks at a log that is being followed."""


class LogScreen(PanedScreen):
    """Shows the log of one job; follows it as long as its end is in sight."""

    CSS = """
    LogScreen #notice { display: none; height: 1fr; padding: 1 2; }
    LogScreen.-explaining #notice { display: block; }
    LogScreen.-explaining #log { display: none; }
    """
    BINDINGS = [Binding("escape", "app.back", "Back", tooltip="Leave the log", id="back")]
    AUTO_FOCUS = "#log"

    def __init__(self, cluster: str, job: Job) -> None:
        super().__init__()
        self._cluster = cluster
        self._job = job
        self._lines = LogLines(id="log", classes="framed")
        self._notice = Static(id="notice", classes="framed")
        self._path = ""
        self._trouble = ""
        self._reading = False

    def body(self) -> Iterable[Widget]:
        """Lay out the log, or the reason why there is none."""
        title = content(("log of ", ""), (self._job.id, "accent"), (f" {self._job.name}", ""))
        for pane in (self._lines, self._notice):
            pane.border_title = title
            pane.styles.border_subtitle_align = "left"
            yield pane

    def on_mount(self) -> None:
        """Read it now, and again while it is followed."""
        self._explain("reading the log …")
        self._read()
        self.set_interval(EVERY, self.follow_log)

    @property
    def _state(self) -> JobState:
        jobs = self.app.snapshot.jobs if self.app.snapshot else ()
        return next((job for job in jobs if job.key == self._job.key), self._job).state

    def follow_log(self) -> None:
        """Look again, if the job runs and the end is in sight."""
        if self.is_active and self._lines.at_end and not self._state.finished:
            self._read()
        self._say_how()

    def _read(self) -> None:
        if not self._reading:
            self._ask()

    @work(group="log", exit_on_error=False)
    async def _ask(self) -> None:
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
        """Say why it cannot be read; what was read before stays."""
        if self._path:
            self._trouble = error.title
            self._say_how()
        else:
            self._explain(error.title, error.hint)

    def _show(self, log: protocol.LogRead) -> None:
        self._path, self._trouble = log.path, ""
        if log.text.strip():
            self._lines.show(log.text)
            self.remove_class("-explaining")
        else:
            self._explain("The log is empty.", _why_empty(self._state))
        self._say_how()

    def _explain(self, title: str, hint: str = "") -> None:
        self._notice.update(lines(((title, "warn"),), ((hint, "dim"),)))
        self.add_class("-explaining")

    def _say_how(self) -> None:
        if self._trouble:
            how = self._trouble
        elif self._state.finished:
            how = f"the job is over: {self._state.value}"
        elif self._lines.at_end:
            how = f"followed every {EVERY:.0f} s"
        else:
            how = "not followed; end goes on"
        for pane in (self._lines, self._notice):
            pane.border_subtitle = Content(f"{how} · {self._path}" if self._path else how)

    def tick(self) -> None:
        """Say whether it is followed."""
        self._say_how()


def _why_empty(state: JobState) -> str:
    if state is JobState.PENDING:
        return "The job has not started yet."
    return (
        "The job ended without writing a line." if state.finished else "The job has not written a line yet."
    )
