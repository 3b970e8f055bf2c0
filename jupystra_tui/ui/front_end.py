"""What the dashboard knows and asks for, whatever its screens: the worker's last news, and requests to it."""

import os
from collections.abc import Coroutine
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.reactive import reactive
from textual.worker import Worker

from jupystra_tui import protocol
from jupystra_tui.client import VersionMismatch
from jupystra_tui.config import Config
from jupystra_tui.errors import GivenUp, JupystraError, WorkerError
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
from jupystra_tui.ui import clock, servers
from jupystra_tui.ui.keys import key_finder
from jupystra_tui.ui.link import Link
from jupystra_tui.ui.news import News
from jupystra_tui.ui.patience import Patience
from jupystra_tui.ui.prompts import Prompts
from jupystra_tui.ui.stray_keys import StrayKeys
from jupystra_tui.ui.tunnel_history import TunnelHistory

R = TypeVar("R", bound=protocol.Outcome)
WAIT_SHOWN_AFTER = 0.3


class WorkerSaid(Message):
    """The worker told something."""

    def __init__(self, event: protocol.Event) -> None:
        super().__init__()
        self.event = event


class WorkerLost(Message):
    """The worker is gone, and nobody asked it to go."""


class AllTold(Message):
    """The worker has told how things stand."""


class FrontEnd(App[None]):
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
        self.cluster = cluster
        self.counts = (0, 0)
        self.keys = key_finder(config.keys)
        self.history = TunnelHistory()
        self.own_launches: set[str] = set()
        self.wanted_job = ""
        self.stray_keys = StrayKeys(self)
        self.prompts = Prompts(self)
        self.patience = Patience(self)
        self.news = News(self)
        self.link = Link(
            lambda event: self.post_message(WorkerSaid(event)),
            lambda: self.post_message(WorkerLost()),
            lambda sentence: setattr(self, "trouble", sentence),
        )
        self._looking = True
        self._leaving = False

    async def on_event(self, event: events.Event) -> None:
        """Let go of keys, of what is pasted and of clicks that were meant for something else."""
        meant = isinstance(event, events.Key | events.Paste | events.MouseDown) and not event.is_forwarded
        if not meant or self.stray_keys.takes():
            await super().on_event(event)

    # The worker

    def attach(self) -> None:
        """Find the worker or start it, and log in again to the cluster that is shown."""
        self.run_worker(self._find_worker(self.link.open()), group="attach", exclusive=True)

    async def _find_worker(self, opening: Coroutine[Any, Any, None]) -> None:
        try:
            await opening
        except VersionMismatch as mismatch:
            self._offer_restart(mismatch)
        except JupystraError as error:
            self.trouble = f"no worker, {self.keys('refresh')} tries again"
            self.show_problem(error)
        else:
            if self.cluster:
                self._log_in(self.cluster)
            self.run_worker(self._hear_all())

    def _log_in(self, cluster: Cluster) -> None:
        password, self.password = self.password, None
        request = protocol.Login(cluster, os.environ.get("SSH_AUTH_SOCK", ""), password)
        self.attempt(self.ask(request), f"logging in to {cluster.name}")

    async def _hear_all(self) -> None:
        """The answer to a request comes after all that the worker tells at the start."""
        try:
            await self.link.ask(protocol.Attention(self._looking))
        except WorkerError:
            return  # it is gone again, and looked for
        self.post_message(AllTold())

    def _offer_restart(self, mismatch: VersionMismatch) -> None:
        from jupystra_tui.ui.screens.restart import RestartDialog

        def decided(restart: bool | None) -> None:
            if restart:
                self.run_worker(self._find_worker(self.link.replace()), group="attach", exclusive=True)
            else:
                self.exit()

        self.stray_keys.beware()
        self.push_screen(RestartDialog(mismatch), decided)

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
    def logged_out(self) -> bool:
        """Whether a person must log in before anything can happen."""
        return self.ready and (self.session is None or self.session.phase is SessionPhase.DOWN)

    @property
    def follows_launch(self) -> bool:
        """Whether a screen is open that tells how a launch goes."""
        from jupystra_tui.ui.screens.launch import LaunchScreen

        return any(isinstance(screen, LaunchScreen) for screen in self.screen_stack)

    async def ask(self, body: protocol.Call[R]) -> R:
        """Send a request and return its outcome; raises JupystraError with the worker's words."""
        outcome = await self.link.ask(body)
        if isinstance(outcome, protocol.Started):
            self.own_launches.add(outcome.launch)
        return outcome

    def attempt(self, coroutine: Coroutine[Any, Any, Any], description: str) -> Worker[None]:
        """Run it beside the screens; a wait says `description`, an error is shown, escape stops waiting."""
        return self.run_worker(self._attempt(coroutine, description), group="attempts")

    async def _attempt(self, coroutine: Coroutine[Any, Any, Any], description: str) -> None:
        wait = {description: clock.now()}
        timer = self.set_timer(WAIT_SHOWN_AFTER, lambda: setattr(self, "waits", self.waits | wait))
        try:
            await coroutine
        except GivenUp:
            pass
        except JupystraError as error:
            self.show_problem(error)
        finally:
            timer.stop()
            self.waits = {text: began for text, began in self.waits.items() if text != description}

    def stop_waiting(self) -> None:
        """Leave to itself whatever is waited for."""
        self.workers.cancel_group(self, "attempts")

    def log_in(self, cluster: Cluster) -> None:
        """Show a cluster, logging in to it if need be."""
        self.news.turn_to(cluster)
        self._log_in(cluster)

    def connect(self, job: Job, *, browser: bool = False) -> None:
        """Open a tunnel to the job's server; with `browser` also the browser."""
        self.attempt(servers.connect(self, job, browser=browser), f"connecting to {job.id}")

    def kill(self, cluster: str, job: Job) -> None:
        """End a job."""
        self.attempt(servers.kill(self, cluster, job.key), f"ending {job.id}")

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
        if looking != self._looking and self.link.connected:
            self.attempt(self.ask(protocol.Attention(looking)), "telling the worker")
        self._looking = looking

    # What is said

    def show_problem(self, problem: JupystraError | Problem) -> None:
        """Show what went wrong and what to do, the details folded."""
        from jupystra_tui.ui.screens.problem import ProblemDialog

        self.stray_keys.beware()
        self.push_screen(ProblemDialog(problem.title, problem.hint, problem.detail))

    def tell(self, sentence: str) -> None:
        """Mention a quiet fact."""
        self.notify(sentence, markup=False, timeout=4)
