"""Polls the queue of one cluster."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.apps.folder import prune_script
from jupystra_tui.errors import ConnectError, JupystraError
from jupystra_tui.model import Job, Snapshot
from jupystra_tui.protocol import SnapshotTaken
from jupystra_tui.ssh.command_output import QUEUE, Script
from jupystra_tui.ssh.shell import text
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.worker import site_facts
from jupystra_tui.worker.ended_servers import EndedServers
from jupystra_tui.worker.event_hub import EventHub
from jupystra_tui.worker.job_endings import JobEndings
from jupystra_tui.worker.problems import internal_error, problem_of
from jupystra_tui.worker.queue_poll_pace import QueuePollPace
from jupystra_tui.worker.queue_reader import Printed, QueueReader
from jupystra_tui.worker.session_role import SessionRole

ACTED_PAUSE = 0.7
LOOK_LIMIT = 25.0
FOLDER_DAYS = 30
AFTER_DEFECT = 5.0

log = logging.getLogger(__name__)


class JobWatcher:
    """Asks for the queue and for Jupyter's runtime files in one round trip, over and over, never two at once.

    `snapshot` is the latest good one, `servers` what was found in it, by job key. Whatever fails is shown as the
    session's problem, and tried again after a pause that grows.
    """

    def __init__(self, session: SessionRole, hub: EventHub, on_snapshot: Callable[[], None]) -> None:
        self.snapshot = Snapshot(session.cluster.name, 0.0)
        self.servers: dict[str, DiscoveredServer] = {}
        self.news = asyncio.Condition()
        self.pace = QueuePollPace(session.cluster.poll, session.cluster.poll_floor)
        self._session = session
        self._hub = hub
        self._on_snapshot = on_snapshot
        self._facts = site_facts.SiteFacts(session)
        self._reader = QueueReader()
        self._endings = JobEndings()
        self._ended_servers = EndedServers()
        self._by_name: dict[str, Job] = {}
        self._pruned = False
        self._looks = self._looked = 0  # the laptop's clock may be set while a snapshot is waited for
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to poll, or poll at once if it does already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        self._wake.set()

    def refresh(self, *, facts: bool = False) -> None:
        """Poll as soon as the site's pace allows; with `facts` read again what the site has."""
        if facts:
            self._facts.want()
        self._wake.set()

    def acted(self) -> None:
        """Something was submitted or cancelled: poll at once, and more often for a minute."""
        self.pace.acted(time.monotonic())
        self._wake.set()

    @property
    def facts_age(self) -> float:
        """How many seconds ago the partitions were read; they are read again with the next poll after a minute."""
        age = time.time() - self._session.shown.partitions_read
        if age > site_facts.LEAST_PAUSE:
            self.refresh(facts=True)
        return max(0.0, age)

    async def fresh(self) -> Snapshot:
        """Return a snapshot taken from now on; raises ConnectError with the reason when none comes."""
        since = self._looks
        self.acted()
        try:
            async with asyncio.timeout(LOOK_LIMIT), self.news:
                await self.news.wait_for(lambda: self._looked > since)
        except TimeoutError as error:
            problem = self._session.shown.problem
            title = problem.title if problem else "The queue could not be read in time"
            raise ConnectError(title, problem.hint if problem else "Try again.") from error
        return self.snapshot

    def job(self, key: str) -> Job | None:
        """Return the job of this key or id as last seen."""
        return self._by_name.get(key)

    async def aclose(self) -> None:
        """Stop polling. Idempotent."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        """Poll forever. An unexpected error ends one poll, never the polling."""
        while True:
            began = time.monotonic()
            try:
                await self._session.until_up()
                self._wake.clear()
                began = time.monotonic()
                await self._poll()
                await self._rest(began)
            except Exception as error:
                log.exception("a poll failed")
                self.pace.failed()
                await self._rest_after(error)

    async def _poll(self) -> None:
        self._session.show(asked=time.time())
        try:
            await self._facts.refresh(self._hub.watched)
            await self._look_once()
            if not self._pruned:
                self._pruned = True
                await self._prune()
            await self._ended_servers.tidy(self._session)
        except JupystraError as error:
            self.pace.failed()
            self._session.show(asked=0.0, problem=problem_of(error))

    async def _rest(self, began: float) -> None:
        """Wait for the pause to end, or for a request to poll; not less than the site's pace."""
        every = self.pace.pause(time.monotonic(), self._hub.watched)
        self._session.show(every=every)
        try:
            async with asyncio.timeout(every):
                await self._wake.wait()
            acted = self.pace.hurries(time.monotonic())
            await asyncio.sleep(
                max(0.0, (ACTED_PAUSE if acted else self.pace.floor) - (time.monotonic() - began))
            )
        except TimeoutError:
            pass

    async def _rest_after(self, error: Exception) -> None:
        """Show an unexpected error and wait; what shows it may be what failed."""
        pause = max(self.pace.pause(time.monotonic(), watched=True), AFTER_DEFECT)
        try:
            self._session.show(asked=0.0, every=pause, problem=internal_error(error))
        except Exception:
            log.exception("a failed poll could not be shown")
        await asyncio.sleep(pause)

    async def _look_once(self) -> None:
        self._looks += 1
        number = self._looks
        snapshot = await self._look()
        self.pace.succeeded()
        self._session.show(asked=0.0, problem=None)
        self.snapshot, self._looked = snapshot, number
        self._hub.publish(SnapshotTaken(snapshot))
        self._on_snapshot()
        async with self.news:
            self.news.notify_all()

    async def _look(self) -> Snapshot:
        scheduler = self._session.site.scheduler
        printed = await self._ask()
        reader = self._reader
        await in_thread(reader.read, printed, scheduler)
        self._endings.drop(reader.open)
        self._endings.want(reader.gone, reader.unsure)
        reader.learn(await self._endings.ask(self._session), scheduler)
        rows = await in_thread(reader.rows, scheduler)
        self.servers, self._by_name = rows.servers, rows.by_name
        self._ended_servers.note(reader.found, rows.by_name)
        servers = tuple(found.server for found in rows.servers.values())
        return Snapshot(self._session.cluster.name, time.time(), rows.jobs, servers, rows.unread)

    async def _ask(self) -> Printed:
        site = self._session.site
        mark, cut = secrets.token_hex(8), f"\x1e{secrets.token_hex(8)}\x1e"
        asking = site.scheduler.queue.list_script(site.user, mark)
        discovery = self._reader.discovery_script(mark, self._ended_servers.unread)
        script = f"(\n{asking}\n)\nprintf '%s%s%s' '{cut}' $? '{cut}'\n{discovery}"
        result = await self._session.run(Script(script, QUEUE), LOOK_LIMIT)
        try:
            listed, code, looked = result.out.split(cut.encode())
        except ValueError as error:
            raise ConnectError(
                "The cluster's answer was incomplete", "It is asked again by itself."
            ) from error
        return Printed(listed, int(code), text(result.err), looked, mark)

    async def _prune(self) -> None:
        """Remove the folders of jobs that are long over; once a login is enough."""
        known = [job.key for job in self.snapshot.jobs if not job.state.finished]
        try:
            await self._session.run(prune_script(FOLDER_DAYS, known), LOOK_LIMIT)
        except ConnectError:
            pass  # there will be another login
