"""One logged-in cluster: keeps the connection, comes back when it breaks, and lets others use it."""

import asyncio
import getpass
import itertools
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import msgspec

from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Cluster, Problem, Prompt, PromptKind, Session, SessionPhase
from jupystra_tui.protocol import SessionChanged, SessionClosed
from jupystra_tui.ssh.connection import Connection
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.login import connect
from jupystra_tui.ssh.prompting import LAPTOP
from jupystra_tui.ssh.questions import is_password
from jupystra_tui.ssh.resolve import resolve
from jupystra_tui.ssh.shell import Result
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh.vault import Vault
from jupystra_tui.text import Secret
from jupystra_tui.worker import keychain
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.problems import defect, problem_of
from jupystra_tui.worker.prompts import Given, Prompts, Unattended
from jupystra_tui.worker.site import Site, discover
from jupystra_tui.worker.watcher import JobWatcher

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
PATIENCE_SECONDS = 60.0
ANSWERS = {"the answer", "the password"}  # what a login may have taken that is not there a second time

log = logging.getLogger(__name__)


class ClusterSession:
    """A session; `start` begins it, `aclose` ends it. `on_back` is called when a broken connection is up again.

    `asking` has a lock for each question that several tunnels may have: while one asks, the others wait.
    """

    def __init__(
        self,
        cluster: Cluster,
        folders: Folders,
        hub: Hub,
        prompts: Prompts,
        on_snapshot: Callable[["ClusterSession"], None],
        on_back: Callable[["ClusterSession"], None],
    ) -> None:
        self.shown = Session(
            cluster, SessionPhase.CONNECTING, cluster.user or getpass.getuser(), every=cluster.poll
        )
        self.watcher = JobWatcher(self, hub, on_snapshot)
        self.agent = ""
        self._folders = folders
        self._hub = hub
        self._prompts = prompts
        self._on_back = on_back
        self.vault = Vault()
        self.asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._trusted: set[str] = set()
        self._attended = True
        self._needs_person = self._keychain_tried = False
        self._to_keep: Secret | None = None
        self._connection: Connection | None = None
        self._site: Site | None = None
        self._up = asyncio.Event()
        self._wake = asyncio.Event()
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

    def start(self, cluster: Cluster, agent: str) -> None:
        """Log in, or try again now if that failed or waits."""
        self.agent = agent or self.agent
        if self._task is None or self._task.done():
            self.show(cluster=cluster, phase=SessionPhase.CONNECTING, steps=(), problem=None)
            self._task = asyncio.create_task(self._live())
        self._wake.set()

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
        """The person wants something of this cluster: if it waits for them to log in again, begin."""
        self._wake.set()

    async def connection(self) -> Connection:
        """Return the live connection, waiting up to a minute for one; raises the reason there is none."""
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait(
                {up, *filter(None, [self._task])},
                timeout=PATIENCE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            up.cancel()
        if self._connection and self._up.is_set():
            return self._connection
        problem = self.shown.problem or Problem(
            f"Not connected to {self.cluster.name}", "Log in and try again."
        )
        raise ConnectError(problem.title, problem.hint, problem.detail)

    async def run(self, script: str, limit: float = 25.0) -> Result:
        """Run shell text on the cluster; raises ConnectError, also when nothing comes within `limit` seconds."""
        return await (await self.connection()).run(script, limit)

    async def ask(self, prompt: Prompt) -> Secret:
        """Return the person's answer, whatever a keychain holds; raises GivenUp."""
        return (await self.ask_person(prompt)).secret

    async def ask_person(self, prompt: Prompt) -> Given:
        """Return the person's answer with what may be done with it; raises GivenUp."""
        return await self._prompts.ask(msgspec.structs.replace(prompt, cluster=self.cluster.name))

    async def _ask(self, prompt: Prompt) -> Secret:
        """Return what the login needs: from the keychain, where it is allowed, else from the person."""
        ours = prompt.asker == self._account  # a bastion's password is another one
        if self.cluster.keychain and ours and is_password(prompt.text) and not prompt.echo:
            return await self._keychain_password(prompt)
        return (await self._ask_for_login(prompt)).secret

    async def _ask_for_login(self, prompt: Prompt) -> Given:
        """Return the person's answer, and note whether a login that is tried again would need them again."""
        if not self._attended:
            raise Unattended()
        self._needs_person |= not _kept(prompt)
        return await self.ask_person(prompt)

    async def _keychain_password(self, prompt: Prompt) -> Secret:
        """Return the password that the keychain holds, once a login; else the person's, to be kept if they wish."""
        kept = None if self._keychain_tried else await in_thread(keychain.read, self._account)
        self._keychain_tried = True
        if kept:
            return kept
        given = await self._ask_for_login(msgspec.structs.replace(prompt, keep=keychain.KEEP))
        self._to_keep = Secret(given.secret.reveal()) if given.keep else None
        return given.secret

    @property
    def _account(self) -> str:
        return f"{self.shown.user}@{self.cluster.host}"

    async def aclose(self) -> None:
        """Log out; again without harm."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.watcher.aclose()
        self.vault.wipe()
        self._hub.publish(SessionClosed(self.cluster.name))

    async def _live(self) -> None:
        """Live until a person must read why not; whatever goes wrong is shown."""
        try:
            await self._stay()
        except JupystraError as error:
            self.show(phase=SessionPhase.DOWN, problem=problem_of(error))
        except Exception as error:
            log.exception("the session with %s ended", self.cluster.name)
            self.show(phase=SessionPhase.DOWN, problem=defect(error))

    async def _stay(self) -> None:
        """Connect; and again whenever the connection breaks, unless a person must help."""
        came_before = False
        while True:
            connection = self._connection = await self._connect(retry=came_before)
            try:
                await self._prepare(connection)
                if came_before:
                    self._on_back(self)
                came_before = True
                await connection.lost.wait()
            except ConnectError:
                if not came_before:
                    raise
            finally:
                self._up.clear()
                self._connection = None
                await connection.aclose()

    async def _prepare(self, connection: Connection) -> None:
        site = self._site = await discover(connection, self.cluster)
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

    async def _connect(self, retry: bool) -> Connection:
        """Return a connection; when it is there again after a break, patiently. Raises what a person must see."""
        self._attended = not retry
        waits = retry and self._needs_person
        for attempt in itertools.count():
            if waits:
                await self._person()
            try:
                return await self._log_in()
            except Unattended:
                waits = True
            except ConnectError as error:
                if not retry:
                    raise
                self._attended = await self._pause(error, PAUSES[min(attempt, len(PAUSES) - 1)])
        raise AssertionError("the count never ends")

    async def _person(self) -> None:
        lost = Problem("The connection is gone, and logging in again needs you", "Press enter to log in.")
        self.show(phase=SessionPhase.WAITING, problem=lost)
        self._wake.clear()
        await self._wake.wait()
        self._attended = True

    async def _pause(self, error: ConnectError, seconds: float) -> bool:
        """Wait before the next attempt; returns whether the person came and asked for it."""
        self.show(phase=SessionPhase.LOST, problem=problem_of(error, f"Trying again in {seconds:.0f} s."))
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    async def _log_in(self) -> Connection:
        self._needs_person = self._keychain_tried = False
        self._to_keep = None
        was_given = self.vault.given is not None
        back = self.shown.phase in (SessionPhase.LOST, SessionPhase.UP)
        self.show(phase=SessionPhase.LOST if back else SessionPhase.CONNECTING, steps=())
        endpoint = await resolve(self.cluster, self.agent)
        self.show(user=endpoint.user)
        connection = await connect(endpoint, self._ask, self.tell, self._trusted, self.vault, self._folders)
        self._needs_person |= was_given and bool(ANSWERS & set(connection.door.taken))
        if self._to_keep:  # not before it is known to be right
            await in_thread(keychain.write, self._account, self._to_keep)
            self._to_keep.wipe()
        return connection

    def tell(self, step: str) -> None:
        """Note a step of the login, in plain words."""
        self.show(steps=(*self.shown.steps[-19:], step))


def _kept(prompt: Prompt) -> bool:
    """Return whether the answer spares the question from now on: a host's key, or the passphrase that opens one."""
    return prompt.kind is PromptKind.HOST_KEY or (prompt.kind is PromptKind.TEXT and prompt.asker == LAPTOP)
