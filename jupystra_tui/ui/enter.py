"""What `enter` does on the jobs screen; the key line lists it only if it does something."""

from enum import Enum

from jupystra_tui.model import JobState, SessionPhase
from jupystra_tui.ui.job_views import JobView


class Enter(Enum):
    """What happens when it is pressed."""

    NOTHING = "nothing"
    LOG_IN = "log in again"
    OPEN = "open the server in the browser"
    CONNECT = "open a tunnel to the server"


_LOG_IN = (SessionPhase.DOWN, SessionPhase.WAITING)
_WITHOUT_SERVER = (JobState.PENDING, JobState.ENDING)


def enter_does(phase: SessionPhase | None, view: JobView | None) -> Enter:
    """Return what `enter` does for the session's phase (None: no session or no worker) and the selected job."""
    if phase is not None and view is not None and view.ready and not view.job.state.finished:
        return Enter.OPEN
    if phase in _LOG_IN:
        return Enter.LOG_IN
    if phase is SessionPhase.UP and view is not None and can_connect(view):
        return Enter.CONNECT
    return Enter.NOTHING


def can_connect(view: JobView) -> bool:
    """Return whether a request to connect has an effect: the job is listed and runs, and none is in progress."""
    in_progress = view.connecting or view.killed or view.step is not None
    if view.tunnel is not None and view.tunnel.state.opening:
        in_progress = True
    runs = view.job.listed and not view.job.state.finished and view.job.state not in _WITHOUT_SERVER
    return runs and not in_progress


def can_browse(phase: SessionPhase | None, view: JobView | None) -> bool:
    """Return whether the job's server can be opened in the browser, perhaps after connecting."""
    return enter_does(phase, view) in (Enter.OPEN, Enter.CONNECT)
