"""The columns of the jobs table."""

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.units import show_duration
from jupystra_tui.ui import clock
from jupystra_tui.ui.job_views import JobView, JobViews
from jupystra_tui.ui.theme import Piece, Pieces
from jupystra_tui.ui.widgets.columns import Column

SERVER = "◆"
_MARKS: dict[JobState, Piece] = {
    JobState.PENDING: ("○", "warn"),
    JobState.RUNNING: ("●", "good"),
    JobState.ENDING: ("◐", "dim"),
    JobState.SUSPENDED: ("◐", "warn"),
    JobState.DONE: ("√", "dim"),
    JobState.FAILED: ("×", "bad"),
    JobState.CANCELLED: ("×", "dim"),
    JobState.PREEMPTED: ("×", "dim"),
    JobState.TIMEOUT: ("×", "dim"),
    JobState.DEADLINE: ("×", "dim"),
    JobState.OUT_OF_MEMORY: ("×", "bad"),
    JobState.NODE_FAIL: ("×", "bad"),
    JobState.UNKNOWN: ("?", "dim"),
}
LAST_MINUTES, LAST_HALF_HOUR = 300, 1800


def show_state(job: Job) -> Piece:
    """Return a job's state as a symbol and a word, in a color."""
    mark, tone = _MARKS[job.state]
    word = "ended" if job.state is JobState.UNKNOWN and not job.listed else job.state.value
    return (f"{mark} {word}", tone)


def left_tone(seconds: int) -> str:
    """Return the tone for a walltime with `left` seconds left."""
    return "bad" if seconds < LAST_MINUTES else "warn" if seconds < LAST_HALF_HOUR else ""


class JobCells:
    """Returns the cells of a job's row; `queue` is replaced with each poll."""

    def __init__(self) -> None:
        self.queue = JobViews()
        self.columns: tuple[Column[Job], ...] = (
            Column("ID", self._id, 8, 16, rank=2),
            Column("  NAME", self._name, 10, 40),
            Column("STATE", self._state, 15),
            Column("LEFT", self._left, 11, rank=3),
            Column("NODE/WHY", self._where, 10, 32, rank=4),
            Column("QUEUE", self._queue, 6, 16, rank=5),
        )

    def view(self, job: Job) -> JobView:
        """Return the current view of a job."""
        return self.queue.view(job, clock.now())

    def _id(self, job: Job) -> Pieces:
        return ((job.id, "dim"),)

    def _name(self, job: Job) -> Pieces:
        view = self.view(job)
        if not view.reachable:
            return (("  ", ""), (job.name, "dim" if job.state.finished else ""))
        return ((f"{SERVER} ", "accent" if view.ready else "dim"), (job.name, "strong"))

    def _state(self, job: Job) -> Pieces:
        return (show_state(job),)

    def _left(self, job: Job) -> Pieces:
        left = self.view(job).left
        if left is None or job.state.finished:
            return (("—", "faint"),)
        running = job.state is JobState.RUNNING
        return ((show_duration(left), left_tone(left) if running else "dim"),)

    def _where(self, job: Job) -> Pieces:
        if job.state is not JobState.PENDING:
            return ((job.nodes or job.node or "—", "dim" if job.state.finished else ""),)
        if job.starts:
            return ((f"~{clock.site_time(job.starts)}", ""),)
        return ((job.reason.short, "dim"),)

    def _queue(self, job: Job) -> Pieces:
        return ((job.queue, "dim"),)
