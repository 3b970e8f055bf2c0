"""One logged-in cluster: keeps the connection, comes back when it breaks, and lets others use it."""

import asyncio
import getpass
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from jupystra_tui.errors import AuthError, ConnectError, JupystraError, NotSent, SchedulerError
from jupystra_tui.model import Cluster, Layer, Problem, Prompt, Session, SessionPhase
from jupystra_tui.protocol import SessionChanged, SessionClosed
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.shell import Result
from jupystra_tui.ssh.tcp import has_route
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret
from jupystra_tui.worker.cluster_login import ClusterLogin
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.problems import defect, problem_of
from jupystra_tui.worker.prompts import Given, Prompts
from jupystra_tui.worker.site import Site, discover, settle_in
from jupystra_tui.worker.wake import SleepWatch
from jupystra_tui.worker.watcher import JobWatcher

PATIENCE_SECONDS = 60.0

log = logging.getLogger(__name__)


class ClusterSession:
    """A session; `start` begins it, `aclose` ends it.

    `asking` has a lock for each question that several tunnels may have: while one asks, the others wait. `sleep` tells
    when the laptop woke up.
    """

    def __init__(
        self,
        cluster: Cluster,
        folders: Folders,
        hub: Hub,
        prompts: Prompts,
        on_snapshot: Callable[["ClusterSession"], None],
        sleep: SleepWatch,
    ) -> None:
        self.shown = Session(
            cluster, SessionPhase.CONNECTING, cluster.user or getpass.getuser(), every=cluster.poll
        )
        self.watcher = JobWatcher(self, hub, on_snapshot)
        self.agent = ""
        self.sleep = sleep
        self.vault = Vault()
        self.asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._login = ClusterLogin(self, folders)
        self._hub = hub
        self._prompts = prompts
        self._connection: Connection | None = None
        self._site: Site | None = None
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def cluster(self) -> Cluster:
        """The cluster as the person named it."""
        return self.shown.cluster

    @property
    def site(self) -> Site:
        """What was found out about the cluster; raises ConnectError before the first login."""
        if self._site is None:
            raise ConnectError(f"Not logged in to {self.cluster.name}", "Log in first.")
        return self._site

    def start(self, cluster: Cluster, agent: str, attended: bool = True) -> None:
        """Log in with these settings, or try again now if that failed or waits; one that is up goes on as it is.

        Not `attended`, nothing is asked: it waits for the network, and for a person where one is needed.
        """
        self.agent = agent or self.agent
        if self._task is None or self._task.done():
            self._adopt(cluster)
            self.show(phase=SessionPhase.CONNECTING, steps=(), problem=None)
            self._task = asyncio.create_task(self._live(attended))
        elif not self._up.is_set():
            self._adopt(cluster)
        if attended:
            self._login.come()

    def _adopt(self, cluster: Cluster) -> None:
        self.show(cluster=cluster)
        self.watcher.pace.poll, self.watcher.pace.floor = cluster.poll, cluster.poll_floor

    def show(self, **changes: Any) -> None:
        """Publish the session with some fields changed."""
        changed = msgspec.structs.replace(self.shown, **changes)
        if changed != self.shown:
            self.shown = changed
            self._hub.publish(SessionChanged(changed))

    async def until_up(self) -> None:
        """Wait until the session is up, however long that takes; bothers nobody."""
        await self._up.wait()

    def nudge(self) -> None:
        """The person wants something of this cluster: if it is down, or waits for them to log in again, begin."""
        self.start(self.cluster, self.agent)

    async def connection(self) -> Connection:
        """Return the live connection, waiting up to a minute for one; raises NotSent with why there is none."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (left := deadline - time.monotonic()) > 0 and self._task and not self._task.done():
            await self._unless_down(self._up.wait(), left)
            connection = self._connection
            if connection is None or not self._up.is_set():
                continue
            if connection.alive:
                return connection
            await self._unless_down(connection.lost.wait(), left)
            if connection is self._connection:
                self._up.clear()
        problem = self.shown.problem or Problem(
            f"Not connected to {self.cluster.name}", "Log in and try again."
        )
        raise NotSent(problem.title, problem.hint, problem.detail, problem.layer)

    async def answers(self) -> bool:
        """Return whether the session is up and the login node answers now."""
        connection = self._connection
        return connection is not None and self._up.is_set() and await connection.answers()

    @property
    def online(self) -> bool:
        """Whether this laptop has a route to where the login node was reached last."""
        return has_route(self._login.addresses)

    async def _unless_down(self, event: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Wait for an event, for the end of this session, or for so many seconds."""
        waiting = asyncio.ensure_future(event)
        try:
            await asyncio.wait(
                {waiting, *filter(None, [self._task])}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiting.cancel()

    async def run(self, script: str, limit: float = 25.0) -> Result:
        """Run shell text on the cluster; raises NotSent, NoAnswer also after `limit` seconds."""
        return await (await self.connection()).run(script, limit)

    async def ask(self, prompt: Prompt) -> Secret:
        """Return the person's answer, whatever a keychain holds; raises GivenUp."""
        return (await self.ask_person(prompt)).secret

    async def ask_person(self, prompt: Prompt) -> Given:
        """Return the person's answer with what may be done with it; raises GivenUp."""
        return await self._prompts.ask(msgspec.structs.replace(prompt, cluster=self.cluster.name))

    async def aclose(self) -> None:
        """Log out; again without harm."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.watcher.aclose()
        self.vault.wipe()
        self._hub.publish(SessionClosed(self.cluster.name))

    async def _live(self, attended: bool) -> None:
        """Live until a person must read why not; whatever goes wrong is shown."""
        awake = self.sleep.subscribe(self._woke)
        try:
            await self._stay(attended)
        except JupystraError as error:
            problem = problem_of(error)
            if isinstance(error, AuthError):
                problem = msgspec.structs.replace(problem, layer=Layer.LOGIN_REFUSED)
            self.show(phase=SessionPhase.DOWN, problem=problem)
        except Exception as error:
            log.exception("the session with %s ended", self.cluster.name)
            self.show(phase=SessionPhase.DOWN, problem=defect(error))
        finally:
            awake()
            self._login.settle()

    def _woke(self) -> None:
        """The laptop woke up: see at once whether the connection lives, or come back at once."""
        if self._connection:
            self._connection.check()
        self._login.hurry()

    async def _stay(self, attended: bool) -> None:
        """Connect; and again whenever the connection breaks, unless a person must help."""
        first = attended
        came_before = False
        while True:
            connection = self._connection = await (self._login.first() if first else self._login.again())
            connection.on_silence = self._silent
            try:
                await self._settled(connection, first and not came_before)
                came_before = True
                await connection.lost.wait()
            except ConnectError as error:
                if first and not came_before:
                    raise
                await self._login.rest(error)
            finally:
                self._up.clear()
                self._connection = None
                await connection.aclose()
            first = False

    async def _settled(self, connection: Connection, first: bool) -> None:
        """Prepare the connection; one that lives is not thrown away for a login node that is slow to answer."""
        while True:
            try:
                return await self._prepare(connection)
            except ConnectError as error:
                if first or not connection.alive:
                    raise
                await self._login.rest(error)

    async def _prepare(self, connection: Connection) -> None:
        site = self._site = await self._discovered(connection)
        self._login.settle()
        self._up.set()
        self.show(
            phase=SessionPhase.UP,
            user=site.user,
            login_node=site.login_node,
            scheduler=site.scheduler.name,
            version=site.version,
            problem=None,
        )
        self.watcher.start()

    async def _discovered(self, connection: Connection) -> Site:
        """Return what is found on the login node; a scheduler that is away at the moment is still the one it was."""
        try:
            return await discover(connection, self.cluster)
        except SchedulerError:
            if self._site is None:
                raise
            await settle_in(connection, self._site)
            return self._site

    def _silent(self, since: float) -> None:
        self.show(silent=since)
        if not since:
            self.watcher.refresh()

    def tell(self, step: str) -> None:
        """Note a step of the login, in plain words."""
        self.show(steps=(*self.shown.steps[-19:], step))
