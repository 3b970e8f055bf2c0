"""The part of the app that screens use: the worker's state, requests to the worker, and screens to open."""

import os
from collections.abc import Coroutine, Mapping
from typing import Any, ClassVar, TypeVar

from textual.reactive import reactive

from jupystra_tui import paths, protocol
from jupystra_tui.errors import ConfigError, JupystraError
from jupystra_tui.frontend import effects
from jupystra_tui.frontend.client import Client
from jupystra_tui.frontend.config import Config
from jupystra_tui.frontend.own import JobId, OwnRequests
from jupystra_tui.frontend.state import State
from jupystra_tui.model import (
    Cluster,
    Job,
    Launch,
    Order,
    Problem,
    Session,
    SessionPhase,
    Snapshot,
    Tunnel,
)
from jupystra_tui.text import Secret
from jupystra_tui.ui import clock
from jupystra_tui.ui.action_keys import dashboard_how
from jupystra_tui.ui.attempts import Attempts
from jupystra_tui.ui.job_views import count
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.ui.ordered_keys import OrderedKeys
from jupystra_tui.ui.settings_file import SettingsFile
from jupystra_tui.ui.tunnel_history import TunnelHistory

R = TypeVar("R", bound=protocol.Outcome)


class Dashboard(OrderedKeys):
    """The base of the app, without its screens. Reactives are replaced and never mutated.

    `state` is the worker's state, `own` what this dashboard requested, `cluster` the cluster that is shown.
    `connecting` has the keys of jobs whose tunnel is being opened, `waits` the running waits and when each began,
    `scripts` the paths of written connect scripts. `worker_status` says what is being done if there is no worker.
    `ready` is whether a worker has reported everything once. `wanted_job` is the key of a job to select when it is
    listed. `order` is what the command line requests to start.
    """

    DERIVED: ClassVar[dict[str, tuple[str, ...]]] = {
        "session": ("state", "cluster"),
        "snapshot": ("state", "cluster"),
        "tunnels": ("state",),
        "launches": ("state",),
        "killed": ("own",),
    }
    """The reactives that each of these properties depends on."""

    state: reactive[State] = reactive(State())
    own: reactive[OwnRequests] = reactive(OwnRequests())
    cluster: reactive[Cluster | None] = reactive(None)
    connecting: reactive[frozenset[str]] = reactive(frozenset())
    waits: reactive[dict[str, float]] = reactive({})
    scripts: reactive[dict[JobId, str]] = reactive({})
    worker_status: reactive[str] = reactive("")
    ready: reactive[bool] = reactive(False)

    def __init__(
        self,
        config: Config,
        cluster: Cluster | None = None,
        password: Secret | None = None,
        order: Order | None = None,
    ) -> None:
        super().__init__()
        self.password = password
        self.order = order or Order()
        self.own = OwnRequests(limit=self.order.poll_limit)
        self.config = config
        self._settings = SettingsFile(paths.config_file())
        self.cluster = cluster
        self.keys = key_finder(config.keys)
        self.history = TunnelHistory()
        self.wanted_job = ""
        self.client = Client(self.take_event, self.lose_worker, self.report, dashboard_how(self.keys))
        self.active = True
        self.leaving = False
        self._attempts = Attempts(self, self._show_waits, self.show_error)
        self._counted: tuple[Snapshot | None, tuple[int, int]] = (None, (0, 0))

    # The state

    @property
    def session(self) -> Session | None:
        """The session of the cluster that is shown."""
        return self.state.sessions.get(self.cluster.name) if self.cluster else None

    @property
    def snapshot(self) -> Snapshot | None:
        """The latest queue of the cluster that is shown."""
        return self.state.snapshots.get(self.cluster.name) if self.cluster else None

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """All tunnels."""
        return self.state.tunnels

    @property
    def launches(self) -> dict[str, Launch]:
        """All launches, by id."""
        return self.state.launches

    @property
    def killed(self) -> frozenset[JobId]:
        """Jobs whose kill was requested here and that the queue does not show as ended yet."""
        return self.own.killed

    @property
    def counts(self) -> tuple[int, int]:
        """How many jobs of the snapshot are running and pending."""
        snapshot = self.snapshot
        if self._counted[0] is not snapshot:
            self._counted = (snapshot, count(snapshot.jobs) if snapshot else (0, 0))
        return self._counted[1]

    @property
    def connected(self) -> bool:
        """Whether requests can be sent to the worker."""
        return self.client.connected

    @property
    def logged_in(self) -> bool:
        """Whether requests to the cluster are possible; while the connection is lost they wait for it."""
        return self.session is not None and self.session.phase in (SessionPhase.UP, SessionPhase.LOST)

    @property
    def can_refresh(self) -> bool:
        """Whether a refresh has an effect: it finds a worker, polls, or starts a login that waits."""
        phase = self.session.phase if self.session else None
        return not self.connected or phase in (SessionPhase.UP, SessionPhase.LOST, SessionPhase.WAITING)

    @property
    def logged_out(self) -> bool:
        """Whether the user must log in before anything can happen."""
        return self.ready and (self.session is None or self.session.phase is SessionPhase.DOWN)

    def take_event(self, event: protocol.Event) -> None:
        """Apply an event of the worker, and carry out its effects."""
        before, after = self.state, self.state.apply(event)
        if after.tunnels is not before.tunnels:
            self.history.record(after.tunnels, clock.now())
        self.state = after
        self._react(effects.react(self.own, self._shown, before, event, after))

    def lose_worker(self) -> None:
        """Keep the old data on screen, and start the worker again."""
        if self.leaving:
            return
        self.history.clear()
        self.connecting = frozenset()
        before, self.state = self.state, self.state.worker_lost()
        self._react(effects.worker_lost(self.own, before))
        self.attach()

    def synchronize(self) -> None:
        """Remove what a worker that has reported everything did not report."""
        self.state = self.state.sync({self.cluster.name} if self.cluster else ())
        self._react(effects.synced(self.own, self._shown, self.state))
        self.ready = True

    def follow_launch(self, launch: str) -> None:
        """Follow a launch that was started here: its server opens in the browser."""
        self._react(effects.started(self.own, launch, self.state))

    def _react(self, reaction: effects.Reaction) -> None:
        self.own = reaction.own
        for effect in reaction.effects:
            self.carry_out(effect)

    @property
    def _shown(self) -> str:
        return self.cluster.name if self.cluster else ""

    # Requests

    async def request(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises the worker's JupystraError."""
        return await self.client.request(body)

    def attempt(self, coroutine: Coroutine[Any, Any, Any], description: str) -> None:
        """Run it in the background; a wait shows `description`, an error is shown, escape cancels."""
        self._attempts.begin(coroutine, description)

    def stop_waiting(self) -> None:
        """Cancel all requests that are waited for."""
        self._attempts.cancel()

    def log_in(self, cluster: Cluster) -> None:
        """Show a cluster, logging in to it if needed, with the settings as they are now."""
        try:
            self.config, cluster = self._settings.latest(self.config, cluster)
        except ConfigError as error:
            self.show_problem(error)
            return
        self.cluster = cluster
        self.log_in_again(cluster)

    def log_in_again(self, cluster: Cluster) -> None:
        """Ask the worker to log in, unless it is logged in."""
        password, self.password = self.password, None
        request = protocol.Login(cluster, os.environ.get("SSH_AUTH_SOCK", ""), password)
        self.attempt(self.request(request), f"logging in to {cluster.name}")

    def log_out(self, cluster: str) -> None:
        """Log out; the waits and launches that this ends are not shown as errors."""
        self.own = self.own.drop(*(one.id for one in self.launches.values() if one.cluster == cluster))
        self.stop_waiting()
        self.attempt(self.request(protocol.Logout(cluster)), f"logging out of {cluster}")

    def refresh_queue(self) -> None:
        """Poll now; without a worker, find or start one."""
        if not self.connected:
            self.attach()
        elif self.cluster:
            self.attempt(self.request(protocol.Refresh(self.cluster.name)), "refreshing the queue")

    def set_active(self, active: bool) -> None:
        """Report to the worker whether the user is active in the dashboard."""
        if active != self.active and self.connected:
            self.attempt(self.request(protocol.Attention(active)), "reporting to the worker")
        self.active = active

    def show_notification(self, sentence: str) -> None:
        """Show a short notification."""
        self.notify(sentence, markup=False, timeout=4)

    async def aclose(self) -> None:
        """Cancel what is running and detach from the worker."""
        await self._attempts.aclose()
        await self.client.aclose()

    def _show_waits(self, waits: dict[str, float]) -> None:
        self.waits = waits

    # What the app does for its screens. The app imports the screens; the screens import only this class.

    def attach(self) -> None:
        """Find the worker or start it, and log in again to the cluster that is shown."""
        raise NotImplementedError

    def carry_out(self, effect: effects.Effect) -> None:
        """Carry out an effect of a state change."""
        raise NotImplementedError

    def new_launch(self, *, at_once: bool = False) -> None:
        """Open the form for a new server; with `at_once` it is submitted immediately."""
        raise NotImplementedError

    def show_launch(self, launch: Launch) -> None:
        """Show the progress of a launch."""
        raise NotImplementedError

    def edit_launch(self, texts: Mapping[str, str], problem: Problem | None) -> None:
        """Replace the progress of a launch by the form, filled with `texts`."""
        raise NotImplementedError

    def open_log(self, job: Job) -> None:
        """Show the end of a job's log."""
        raise NotImplementedError

    def open_login(self) -> None:
        """Open the login, once."""
        raise NotImplementedError

    def show_status(self) -> None:
        """Update the top line."""
        raise NotImplementedError

    def show_problem(self, problem: JupystraError | Problem) -> None:
        """Show a problem and what to do next; its details are collapsed."""
        raise NotImplementedError

    def report(self, error: Exception) -> None:
        """Show an error of a handler, a timer or a message."""
        raise NotImplementedError
