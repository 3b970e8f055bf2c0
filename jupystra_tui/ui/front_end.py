"""What the dashboard knows and asks for, whatever its screens: the worker's last news, and requests to it."""

import os
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.reactive import reactive

from jupystra_tui import paths, protocol
from jupystra_tui.errors import ConfigError, JupystraError, WorkerError
from jupystra_tui.frontend.config import Config
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
from jupystra_tui.ui import kills, servers
from jupystra_tui.ui.attachment import Attachment
from jupystra_tui.ui.attempts import Attempts
from jupystra_tui.ui.error_dialogs import ErrorDialogs
from jupystra_tui.ui.guard import Guarded, guarded
from jupystra_tui.ui.key_order import KeyHandled, KeyOrder
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.ui.link import Link
from jupystra_tui.ui.news import News
from jupystra_tui.ui.next_steps import dashboard_how
from jupystra_tui.ui.patience import Patience
from jupystra_tui.ui.prompts import Prompts
from jupystra_tui.ui.settings_file import SettingsFile
from jupystra_tui.ui.stray_keys import StrayKeys
from jupystra_tui.ui.tunnel_history import TunnelHistory

R = TypeVar("R", bound=protocol.Outcome)


class WorkerSaid(Message):
    """The worker told something."""

    def __init__(self, event: protocol.Event) -> None:
        super().__init__()
        self.event = event


class WorkerLost(Message):
    """The worker is gone, and nobody asked it to go."""


class AllTold(Message):
    """The worker has told how things stand."""


class FrontEnd(Guarded, App[None]):
    """Screens watch the reactives below, which are replaced and never mutated.

    `session`, `snapshot` and `cluster` are those of the cluster shown; they stay when the network or the worker is
    away. `counts` are how many of the snapshot's jobs run and wait. `connecting` are keys of jobs whose tunnel this
    front end is opening, `scripts` paths of connect scripts that it had written, by cluster and job key; `killed`
    are jobs whose end it asked for and that the queue does not show as ended yet. `waits` are sentences, with when each
    wait began. `trouble` says what is being done about the worker. `ready`: the worker has told how things stand.
    `wanted_job` is the key of a job just launched here, to be selected when it is in the queue. `order` is what the
    command line says of servers to start.
    """

    session: reactive[Session | None] = reactive(None)
    snapshot: reactive[Snapshot | None] = reactive(None)
    tunnels: reactive[tuple[Tunnel, ...]] = reactive(())
    launches: reactive[dict[str, Launch]] = reactive({})
    connecting: reactive[frozenset[str]] = reactive(frozenset())
    waits: reactive[dict[str, float]] = reactive({})
    scripts: reactive[dict[tuple[str, str], str]] = reactive({})
    killed: reactive[frozenset[tuple[str, str]]] = reactive(frozenset())
    trouble: reactive[str] = reactive("")
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
        self.config = config
        self._settings = SettingsFile(paths.config_file())
        self.cluster = cluster
        self.counts = (0, 0)
        self.keys = key_finder(config.keys)
        self.history = TunnelHistory()
        self.own_launches: set[str] = set()
        self.wanted_job = ""
        self.stray_keys = StrayKeys(self)
        self.key_order = KeyOrder(self)
        self.errors = ErrorDialogs(self)
        self._attempts = Attempts(self)
        self._attachment = Attachment(self)
        self.prompts = Prompts(self)
        self.patience = Patience(self)
        self.news = News(self)
        self.link = Link(
            lambda event: self.post_message(WorkerSaid(event)),
            lambda: self.post_message(WorkerLost()),
            lambda sentence: setattr(self, "trouble", sentence),
            dashboard_how(self.keys),
        )
        self.looking = True
        self._leaving = False

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait for each other."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await self.hand_on(event)
        elif self.key_order.admits(event):
            await self.key_order.handle(event)

    async def hand_on(self, event: events.Event) -> None:
        """Let go of keys, of what is pasted and of clicks that were meant for something else."""
        meant = isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded
        if not meant or self.stray_keys.takes():
            await super().on_event(event)

    async def on_key_handled(self, message: KeyHandled) -> None:
        """Handle the next key."""
        await self.key_order.came_back(message)

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key or the palette asks for; an error in it is shown."""
        done = await guarded(super().run_action, self.errors.answer)(action, default_namespace, namespaces)
        return done is not False

    # The worker

    def attach(self) -> None:
        """Find the worker or start it, and log in again to the cluster that is shown."""
        self._attachment.begin()

    def log_in_again(self, cluster: Cluster) -> None:
        """Ask the worker to log in, unless it is logged in."""
        password, self.password = self.password, None
        request = protocol.Login(cluster, os.environ.get("SSH_AUTH_SOCK", ""), password)
        self.attempt(self.ask(request), f"logging in to {cluster.name}")

    def all_told(self) -> None:
        """Take note that the worker has told all it knows, after what it told."""
        self.post_message(AllTold())

    def on_worker_said(self, message: WorkerSaid) -> None:
        """Take the news."""
        self.news.take(message.event)

    def on_worker_lost(self) -> None:
        """Keep the old data on screen, and start the worker again."""
        if not self._leaving:
            self.prompts.clear()
            self.news.begin_anew()
            self.attach()

    def on_all_told(self) -> None:
        """Say that what is on screen is so."""
        self.news.all_told()
        self.ready = True

    async def leave(self, *, close: bool) -> None:
        """End the dashboard; with `close` the worker and its tunnels too."""
        self._leaving = True
        if close:
            try:
                await self.ask(protocol.Stop())
            except WorkerError:
                pass  # it was quicker than its answer
        self.exit()

    async def on_unmount(self) -> None:
        """Let go of the worker."""
        self._leaving = True
        await self._attempts.aclose()
        await self.link.aclose()

    def left_launch(self, launch: Launch) -> None:
        """Say that nobody follows a launch any more."""
        self.tell(f"{launch.job} stays in the queue; {self.keys('connect')} connects to it once it runs.")

    # Requests

    @property
    def logged_in(self) -> bool:
        """Whether requests to the cluster make sense; while the connection is lost they wait for it."""
        return self.session is not None and self.session.phase in (SessionPhase.UP, SessionPhase.LOST)

    @property
    def can_refresh(self) -> bool:
        """Whether a refresh does something: it finds a worker, asks for the queue, or begins a login that waits."""
        phase = self.session.phase if self.session else None
        return not self.link.connected or phase in (SessionPhase.UP, SessionPhase.LOST, SessionPhase.WAITING)

    @property
    def logged_out(self) -> bool:
        """Whether a person must log in before anything can happen."""
        return self.ready and (self.session is None or self.session.phase is SessionPhase.DOWN)

    @property
    def follows_launch(self) -> bool:
        """Whether a screen is open that shows the progress of a launch."""
        from jupystra_tui.ui.screens.scripted import ScriptedScreen

        return any(isinstance(screen, ScriptedScreen) for screen in self.screen_stack)

    async def ask(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises JupystraError with the worker's words."""
        outcome = await self.link.ask(body)
        if isinstance(outcome, protocol.Started):
            self.own_launches.add(outcome.launch)
        return outcome

    def attempt(self, coroutine: Coroutine[Any, Any, Any], description: str) -> None:
        """Run it beside the screens; a wait says `description`, an error is shown, escape stops waiting."""
        self._attempts.begin(coroutine, description)

    def stop_waiting(self) -> None:
        """Leave to itself whatever is waited for."""
        self._attempts.cancel()

    def log_in(self, cluster: Cluster) -> None:
        """Show a cluster, logging in to it if need be, by the settings as they are now."""
        try:
            self.config, cluster = self._settings.latest(self.config, cluster)
        except ConfigError as error:
            self.show_problem(error)
            return
        self.news.turn_to(cluster)
        self.log_in_again(cluster)

    def log_out(self, cluster: str) -> None:
        """Log out as the person asked: what this ends, waits and launches followed here, is no error to show."""
        self.own_launches -= {launch.id for launch in self.launches.values() if launch.cluster == cluster}
        self.stop_waiting()
        self.attempt(self.ask(protocol.Logout(cluster)), f"logging out of {cluster}")

    def connect(self, job: Job, *, browser: bool = False) -> None:
        """Open a tunnel to the job's server; with `browser` also the browser."""
        self.attempt(servers.connect(self, job, browser=browser), f"connecting to {job.id}")

    def kill(self, cluster: str, job: Job, tunnel: Tunnel | None = None) -> None:
        """Ask, and then kill a job: say what that would end, as the scheduler has it now."""
        kills.begin(self, cluster, job, tunnel)

    def open_browser(self, tunnel_id: str) -> None:
        """Open a tunnel's server in the browser."""
        self.attempt(servers.browse(self, tunnel_id), "opening the browser")

    def copy_url(self, tunnel_id: str) -> None:
        """Put a server's address into the clipboard."""
        self.attempt(servers.copy(self, tunnel_id), "asking for the address")

    def make_script(self, cluster: str, job: str) -> None:
        """Write the connect script of the server of a job, given by its key, and say where."""
        self.attempt(servers.make_script(self, cluster, job), "writing the connect script")

    def refresh_queue(self) -> None:
        """Look at the queue now; with the worker away, look for that."""
        if not self.link.connected:
            self.attach()
        elif self.cluster:
            self.attempt(self.ask(protocol.Refresh(self.cluster.name)), "asking for the queue")

    def attend(self, looking: bool) -> None:
        """Tell the worker whether somebody looks at the dashboard."""
        if looking != self.looking and self.link.connected:
            self.attempt(self.ask(protocol.Attention(looking)), "telling the worker")
        self.looking = looking

    # What is said

    def show_problem(self, problem: JupystraError | Problem) -> None:
        """Show what went wrong and what to do, the details folded."""
        self.errors.show(problem)

    def report(self, error: Exception) -> None:
        """Show an error that came by itself: of a handler, a timer, a message."""
        self.errors.report(error)

    def tell(self, sentence: str) -> None:
        """Mention a quiet fact."""
        self.notify(sentence, markup=False, timeout=4)
