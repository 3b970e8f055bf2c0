"""What the worker tells, brought to the app's reactives."""

from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.model import Cluster, JobState, Launch, Session, SessionPhase, Snapshot, Tunnel, TunnelState
from jupystra_tui.ui import clock
from jupystra_tui.ui.queue import count

if TYPE_CHECKING:
    from jupystra_tui.ui.front_end import FrontEnd


class News:
    """Keeps the last of every cluster, so that the dashboard can turn from one to another."""

    def __init__(self, app: "FrontEnd") -> None:
        self._app = app
        self._sessions: dict[str, Session] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._tunnels_told = False
        self._lost = 0

    def begin_anew(self) -> None:
        """Await a worker that knows nothing yet; what is on screen stays there until it tells otherwise."""
        self._sessions.clear()
        self._app.history.clear()
        self._tunnels_told = False
        self._app.launches = {}
        self._app.connecting, self._app.killed = frozenset(), frozenset()
        self._app.tunnels = tuple(map(_lost, filter(attrgetter("wanted"), self._app.tunnels)))
        self._lost = len(self._app.tunnels)

    def all_told(self) -> None:
        """Say which tunnels are opened again, and forget those that went with the worker before this one."""
        if not self._tunnels_told:
            self._app.tunnels = ()
        lost, self._lost = self._lost, 0
        again = sum(tunnel.wanted for tunnel in self._app.tunnels)
        if lost and again:
            count = "Its tunnel is" if again == 1 else f"Its {again} tunnels are"
            self._app.tell(f"The worker ended and a new one has started. {count} opened again.")

    def turn_to(self, cluster: Cluster) -> None:
        """Make a cluster the one that is shown."""
        self._app.cluster = cluster
        self._app.session = self._sessions.get(cluster.name)
        self._show(self._snapshots.get(cluster.name))

    def take(self, event: protocol.Event) -> None:
        """Take what the worker told."""
        match event:
            case protocol.SessionChanged(session):
                self._session(session)
            case protocol.SessionClosed(cluster):
                self._closed(cluster)
            case protocol.SnapshotTaken(snapshot):
                self._snapshot(snapshot)
            case protocol.TunnelsChanged(tunnels):
                self._tunnels(tunnels)
            case protocol.LaunchChanged(launch):
                self._launch(launch)
            case protocol.PromptAsked(prompt):
                self._app.prompts.asked(prompt)
            case protocol.PromptGone(prompt):
                self._app.prompts.gone(prompt)

    def _session(self, session: Session) -> None:
        self._sessions[session.cluster.name] = session
        if self._app.cluster is None and session.phase is not SessionPhase.DOWN:
            self.turn_to(session.cluster)
        if self._shows(session.cluster.name):
            self._app.session = session

    def _closed(self, cluster: str) -> None:
        self._sessions.pop(cluster, None)
        self._snapshots.pop(cluster, None)
        if not self._shows(cluster):
            return
        self._app.cluster, self._app.session = None, None
        self._show(None)

    def _snapshot(self, snapshot: Snapshot) -> None:
        self._snapshots[snapshot.cluster] = snapshot
        self._app.patience.looked(snapshot)
        self._forget_ended(snapshot)
        if self._shows(snapshot.cluster):
            self._show(snapshot)

    def _forget_ended(self, snapshot: Snapshot) -> None:
        ours = {job for cluster, job in self._app.killed if cluster == snapshot.cluster}
        if not ours:
            return
        alive = {job.key for job in snapshot.jobs if job.state in (JobState.PENDING, JobState.RUNNING)}
        self._app.killed -= {(snapshot.cluster, job) for job in ours - alive}

    def _show(self, snapshot: Snapshot | None) -> None:
        self._app.counts = count(snapshot.jobs) if snapshot else (0, 0)
        self._app.snapshot = snapshot

    def _tunnels(self, tunnels: tuple[Tunnel, ...]) -> None:
        self._tunnels_told = True
        self._app.history.note(tunnels, clock.now())
        self._app.tunnels = tunnels

    def _launch(self, launch: Launch) -> None:
        before = self._app.launches.get(launch.id)
        self._app.launches = {**self._app.launches, launch.id: launch}
        if launch.id not in self._app.own_launches:
            return
        if launch.job and not (before and before.job):
            self._app.wanted_job = launch.job
        if not launch.over:
            return
        self._app.own_launches.discard(launch.id)
        if launch.problem is None:
            self._app.open_browser(launch.tunnel)
        elif not self._app.follows_launch:
            self._app.show_problem(launch.problem)

    def _shows(self, cluster: str) -> bool:
        return self._app.cluster is not None and self._app.cluster.name == cluster


def _lost(tunnel: Tunnel) -> Tunnel:
    """Return a tunnel whose worker has ended."""
    reason = "the worker ended; a new one opens the tunnel again"
    return replace(tunnel, state=TunnelState.RETRYING, ready=False, reason=reason, retry_at=0.0)
