"""Which commands can run now: one table for each screen, decided by what is selected there."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jupystra_tui.model import JobState, Launch, Session, SessionPhase, Tunnel
from jupystra_tui.ui.enter import Enter, can_browse, enter_does
from jupystra_tui.ui.job_views import JobView


class JobSelection(NamedTuple):
    """State of the jobs screen: the selected job, if any, and the session.

    `phase` is None without a session or without a worker. `launch` is the launch that submitted the job. `filtering`:
    the filter has the focus. `beside`: the details are shown beside the table.
    """

    view: JobView | None = None
    phase: SessionPhase | None = None
    launch: Launch | None = None
    has_jobs: bool = False
    filtering: bool = False
    beside: bool = False
    logged_in: bool = False
    logged_out: bool = False
    can_refresh: bool = False


class TunnelSelection(NamedTuple):
    """State of the tunnels screen: the selected tunnel, if any."""

    tunnel: Tunnel | None = None


class ClusterSelection(NamedTuple):
    """State of the cluster screen: the session, and whether there is a worker."""

    session: Session | None = None
    connected: bool = False
    can_refresh: bool = False


class FormSelection(NamedTuple):
    """State of the launch form; `beside`: the script is shown beside the form."""

    beside: bool = False


class LaunchSelection(NamedTuple):
    """State of the progress of a launch: its job's state, and how its script is shown.

    `launch` is None until the worker has reported it. `script`: the submitted script is known. `beside`: it is shown
    beside the steps.
    """

    launch: Launch | None = None
    job: JobState = JobState.PENDING
    script: bool = False
    beside: bool = False


class LoginSelection(NamedTuple):
    """State of the login: whether a cluster is selected, a login is in progress, a failure has details."""

    chosen: bool = False
    in_progress: bool = False
    has_details: bool = False


Selection = (
    JobSelection
    | TunnelSelection
    | ClusterSelection
    | FormSelection
    | LaunchSelection
    | LoginSelection
    | None
)

_JOBS: Mapping[str, Callable[[JobSelection], bool]] = {
    "new": lambda on: on.logged_in,
    "connect": lambda on: enter_does(on.phase, on.view) is not Enter.NOTHING,
    "browser": lambda on: can_browse(on.phase, on.view),
    "progress": lambda on: on.launch is not None,
    "log": lambda on: on.view is not None and on.view.job.state is not JobState.PENDING,
    "kill": lambda on: on.view is not None and on.view.job.killable,
    "copy": lambda on: on.view is not None and on.view.ready,
    "script": lambda on: on.view is not None and on.view.reachable,
    "filter": lambda on: on.has_jobs and not on.filtering,
    "refresh": lambda on: on.can_refresh,
    "login": lambda on: on.logged_out,
    "details": lambda on: on.view is not None and not on.beside,
}
_TUNNELS: Mapping[str, Callable[[TunnelSelection], bool]] = {
    "browser": lambda on: on.tunnel is not None and on.tunnel.ready,
    "copy": lambda on: on.tunnel is not None and on.tunnel.ready,
    "reconnect": lambda on: on.tunnel is not None,
    "close": lambda on: on.tunnel is not None,
    "script": lambda on: on.tunnel is not None,
}
_CLUSTER: Mapping[str, Callable[[ClusterSelection], bool]] = {
    "logout": lambda on: on.session is not None and on.connected,
    "refresh": lambda on: on.can_refresh,
    "nodekey": lambda on: on.session is not None and on.session.phase is SessionPhase.UP and on.connected,
}
_FORM: Mapping[str, Callable[[FormSelection], bool]] = {"preview": lambda on: not on.beside}
_LAUNCH: Mapping[str, Callable[[LaunchSelection], bool]] = {
    "browser": lambda on: on.launch is not None and on.launch.ready and not on.job.finished,
    "change": lambda on: on.launch is not None and on.launch.problem is not None,
    "log": lambda on: on.launch is not None and bool(on.launch.job),
    "kill": lambda on: (
        on.launch is not None and bool(on.launch.job) and not on.launch.problem and not on.job.finished
    ),
    "preview": lambda on: on.script and not on.beside,
}
_LOGIN: Mapping[str, Callable[[LoginSelection], bool]] = {
    "choose": lambda on: on.chosen and not on.in_progress,
    "back": lambda on: on.in_progress,
    "more": lambda on: on.has_details,
}
TABLES: Mapping[type, Mapping[str, Callable[[Any], bool]]] = {
    JobSelection: _JOBS,
    TunnelSelection: _TUNNELS,
    ClusterSelection: _CLUSTER,
    FormSelection: _FORM,
    LaunchSelection: _LAUNCH,
    LoginSelection: _LOGIN,
}


def enabled(command: str, selection: Selection) -> bool:
    """Return whether a command, given by its id, can run; one without a rule always can."""
    rule = TABLES.get(type(selection), {}).get(command)
    return rule is None or rule(selection)
