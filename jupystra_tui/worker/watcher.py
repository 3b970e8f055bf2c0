"""Watches one cluster's queue, politely."""

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from jupystra_tui.errors import ConnectError, JupystraError, SchedulerError
from jupystra_tui.jupyter.folder import prune_script
from jupystra_tui.jupyter.look import Found, look_script, parse_look
from jupystra_tui.model import Job, JobState, Snapshot, same_host
from jupystra_tui.protocol import SnapshotTaken
from jupystra_tui.schedulers.base import Ending, Listing
from jupystra_tui.ssh.answer import QUEUE, Script
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.worker.hub import Hub
from jupystra_tui.worker.problems import defect, problem_of

if TYPE_CHECKING:
    from jupystra_tui.worker.session import ClusterSession

BURST_PAUSE, BURST_SECONDS = 5.0, 60.0
UNWATCHED = 4.0
LONGEST_PAUSE = 600.0
ACTED_PAUSE = 0.7
LOOK_LIMIT = 25.0
PAST_KEPT = 200
FOLDER_DAYS = 30

log = logging.getLogger(__name__)


class Pace(Struct):
    """How long to wait until the next look. Sites ask for few; a person who just did something wants to see it."""

    poll: float
    floor: float
    burst_until: float = 0.0
    failures: int = 0

    def pause(self, now: float, watched: bool) -> float:
        """Return seconds to wait at the monotonic time `now`; `watched` says whether anybody looks."""
        if self.failures:
            return min(max(self.poll, self.floor) * float(2**self.failures), LONGEST_PAUSE)
        if now < self.burst_until:
            return min(BURST_PAUSE, self.poll)
        return max(self.poll, self.floor) * (1.0 if watched else UNWATCHED)


class JobWatcher:
    """Asks for the queue and for Jupyter's runtime files in one round trip, over and over, never two at once.

    `snapshot` is the latest good one, `servers` what was found in it, by job key.
    """

    def __init__(
        self, session: "ClusterSession", hub: Hub, on_snapshot: Callable[["ClusterSession"], None]
    ) -> None:
        self.snapshot = Snapshot(session.cluster.name, 0.0)
        self.servers: dict[str, Found] = {}
        self.news = asyncio.Condition()
        self.pace = Pace(session.cluster.poll, session.cluster.poll_floor)
        self._session = session
        self._hub = hub
        self._on_snapshot = on_snapshot
        self._past: dict[str, Job] = {}
        self._ends: dict[str, Ending] = {}
        self._looks = self._looked = 0  # the laptop's clock may be set while a snapshot is waited for
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch, or look at once if it does already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        self._wake.set()

    def refresh(self) -> None:
        """Look as soon as good manners allow."""
        self._wake.set()

    def acted(self) -> None:
        """Something was submitted or cancelled: look at once, and more often for a minute."""
        self.pace.burst_until = time.monotonic() + BURST_SECONDS
        self._wake.set()

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
        """Return the job as last seen."""
        return next((job for job in self.snapshot.jobs if key in (job.key, job.id)), None)

    async def aclose(self) -> None:
        """Stop watching; again without harm."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        await self._learn_partitions()
        pruned = False
        while True:
            await self._session.until_up()
            self._wake.clear()
            began = time.monotonic()
            await self._look_once()
            if self.snapshot.taken and not pruned:
                pruned = True
                await self._prune()
            await self._rest(began)

    async def _rest(self, began: float) -> None:
        """Wait for the pause to end, or for somebody to want news; not less than good manners."""
        every = self.pace.pause(time.monotonic(), self._hub.watched)
        self._session.show(every=every)
        try:
            async with asyncio.timeout(every):
                await self._wake.wait()
            acted = time.monotonic() < self.pace.burst_until
            await asyncio.sleep(
                max(0.0, (ACTED_PAUSE if acted else self.pace.floor) - (time.monotonic() - began))
            )
        except TimeoutError:
            pass

    async def _look_once(self) -> None:
        self._session.show(asked=time.time())
        self._looks += 1
        number = self._looks
        try:
            snapshot = await self._look()
        except JupystraError as error:
            self.pace.failures += 1
            self._session.show(asked=0.0, problem=problem_of(error))
            return
        except Exception as error:
            log.exception("the queue could not be read")
            self.pace.failures += 1
            self._session.show(asked=0.0, problem=defect(error))
            return
        self.pace.failures = 0
        self._session.show(asked=0.0, problem=None)
        self.snapshot, self._looked = snapshot, number
        self._hub.publish(SnapshotTaken(snapshot))
        self._on_snapshot(self._session)
        async with self.news:
            self.news.notify_all()

    async def _look(self) -> Snapshot:
        site = self._session.site
        mark, cut = secrets.token_hex(8), f"\x1e{secrets.token_hex(8)}\x1e"
        asking = site.scheduler.list_script(site.user, mark)
        script = f"(\n{asking}\n)\nprintf '%s%s%s' '{cut}' $? '{cut}'\n{look_script(mark)}"
        result = await self._session.run(Script(script, QUEUE), LOOK_LIMIT)
        try:
            listed, code, looked = result.out.split(cut.encode())
        except ValueError as error:
            raise ConnectError(
                "The cluster's answer came back torn", "It is asked again by itself."
            ) from error
        listing = site.scheduler.parse_list(listed, mark, int(code), text(result.err))
        self.servers = {found.server.job: found for found in parse_look(looked, mark)}
        known = await self._with_past(await self._with_ends(listing))
        nodes = {job.key: job.node for job in known if job.state is JobState.RUNNING}
        self.servers = {
            key: found
            for key, found in self.servers.items()
            if key in nodes and same_host(nodes[key], found.server.node)
        }
        servers = tuple(found.server for found in self.servers.values())
        return Snapshot(self._session.cluster.name, time.time(), self._sorted(known), servers, listing.unread)

    def _sorted(self, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        """Return the person's servers first, then what else is under way, then what is over; the latest first."""
        return tuple(
            sorted(jobs, key=lambda job: (job.state.finished, job.key not in self.servers, -_number(job.key)))
        )

    async def _with_ends(self, listing: Listing) -> tuple[Job, ...]:
        """Return the listed jobs; of those that are over, how they ended is asked once where the list is unsure."""
        states = {job.key: (job.state, job.word) for job in listing.jobs}
        fresh = [key for key in listing.unsure if key not in self._ends][-PAST_KEPT:]
        asked = await self._how_they_ended(tuple(fresh)) if fresh else {}
        known = {**self._ends, **{key: asked.get(key, states[key]) for key in fresh}}
        self._ends = {key: known[key] for key in listing.unsure if key in known}
        return tuple(
            msgspec.structs.replace(job, state=self._ends[job.key][0], word=self._ends[job.key][1])
            if job.key in self._ends
            else job
            for job in listing.jobs
        )

    async def _with_past(self, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
        """Add the finished jobs that the scheduler no longer lists; how they ended is asked once."""
        listed = {job.key for job in jobs}
        gone = [job for job in self.snapshot.jobs if job.key not in listed]
        unsure = tuple(
            job.key
            for job in gone
            if not job.state.finished and (job.state is not JobState.UNKNOWN or job.word)
        )
        ends = await self._how_they_ended(unsure, search=True) if unsure else {}
        for job in gone:
            forgotten = (job.state, job.word) if job.state.finished else (JobState.UNKNOWN, "")
            state, word = ends.get(job.key, forgotten)
            self._past[job.key] = msgspec.structs.replace(job, state=state, word=word, left=None)
        for key in [*listed, *list(self._past)[:-PAST_KEPT]]:
            self._past.pop(key, None)
        return (*jobs, *reversed(self._past.values()))

    async def _how_they_ended(self, keys: tuple[str, ...], *, search: bool = False) -> dict[str, Ending]:
        """Ask the accounting; with `search` also job by job where it may be long ago, which can take a while."""
        scheduler = self._session.site.scheduler
        ends: dict[str, Ending] = {}
        asked = await self._session.run(quote(scheduler.finished_command(keys)), LOOK_LIMIT)
        ends |= scheduler.parse_finished(text(asked.out))
        for key in set(keys) - set(ends) if search else ():
            asked = await self._session.run(quote(scheduler.finished_fallback_command(key)), LOOK_LIMIT)
            ends |= scheduler.parse_finished_fallback(text(asked.out))
        return ends

    async def _prune(self) -> None:
        """Remove the folders of jobs that are long over; once a login is enough."""
        known = [job.key for job in self.snapshot.jobs if not job.state.finished]
        try:
            await self._session.run(prune_script(FOLDER_DAYS, known), LOOK_LIMIT)
        except ConnectError:
            pass  # there will be another login

    async def _learn_partitions(self) -> None:
        scheduler = self._session.site.scheduler
        try:
            result = await self._session.run(scheduler.partitions_script(), LOOK_LIMIT)
            self._session.show(partitions=scheduler.parse_partitions(text(result.out)))
        except (ConnectError, SchedulerError) as error:
            self._session.show(problem=problem_of(error))


def _number(key: str) -> int:
    digits = re.match(r"\d+", key)
    return int(digits[0]) if digits else 0
