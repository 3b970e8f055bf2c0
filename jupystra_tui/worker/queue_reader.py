"""Parses the output of a poll into the rows of the queue; run in a thread: a queue may have 100,000 jobs."""

from collections.abc import Iterable, Mapping
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from jupystra_tui.apps.discovery import DiscoveredServer
from jupystra_tui.apps.server_files import ServerFiles
from jupystra_tui.model import Job, JobState, same_host
from jupystra_tui.model.reason import NO_REASON
from jupystra_tui.model.tasks import show_tasks
from jupystra_tui.schedulers.arrays import fold, number_of, tasks_of, waiting_key
from jupystra_tui.schedulers.roles import Ending, JobId, Listing, Scheduler

PAST_KEPT = 200
_SORTED_AT_ONCE = 4096


class Printed(Struct, frozen=True):
    """What a poll printed: the list and how its command ended, and the runtime files; `mark` is its nonce."""

    listed: bytes
    code: int
    errors: str
    looked: bytes
    mark: str


class Rows(Struct, frozen=True):
    """The rows of the queue in the order shown, those by key and by id, and the servers found by job key."""

    jobs: tuple[Job, ...]
    by_name: dict[str, Job]
    servers: dict[str, DiscoveredServer]
    unread: tuple[str, ...]


class QueueReader:
    """Reads one poll after another, and remembers jobs that ended: the scheduler forgets them after minutes.

    One caller at a time: `read`, then `rows`. `gone` and `unsure` are the keys of jobs whose ending `read` found to be
    unknown, since they are no longer listed or are listed without it.
    """

    def __init__(self) -> None:
        self.gone: tuple[str, ...] = ()
        self.unsure: tuple[str, ...] = ()
        self._listing = Listing(())
        self._files = ServerFiles()
        self._found: dict[str, DiscoveredServer] = {}
        self._listed: dict[str, Job] = {}
        self._past: dict[str, Job] = {}
        self._ends: dict[str, Ending] = {}
        self._served: dict[str, None] = {}

    @property
    def open(self) -> Iterable[str]:
        """The keys of all jobs of which an ending may still be asked."""
        return chain(self._past, self._listing.unsure)

    @property
    def found(self) -> Iterable[DiscoveredServer]:
        """The servers that the last poll found, whether their jobs run or not."""
        return self._found.values()

    def discovery_script(self, mark: str, unread: Iterable[str]) -> str:
        """Return shell text that prints the servers' files, except for folders with a tag in `unread`."""
        return self._files.script(mark, unread)

    def read(self, printed: Printed, scheduler: Scheduler) -> None:
        """Take what a poll printed; raises SchedulerError where that is no list, and then nothing has changed."""
        listing = scheduler.queue.parse_list(printed.listed, printed.mark, printed.code, printed.errors)
        self._found = {found.server.job: found for found in self._files.parse(printed.looked, printed.mark)}
        before = self._listed | {key: self._as_ended(self._listed[key]) for key in self._ends}
        self._listing, self._listed = listing, {job.key: job for job in listing.jobs}
        self._ends = {key: self._ends[key] for key in listing.unsure if key in self._ends}
        self.unsure = tuple(key for key in listing.unsure if key not in self._ends)
        self.gone = tuple(self._note_gone(before))
        for key in self._past.keys() & self._listed.keys():
            del self._past[key]
        self._trim()

    def learn(self, ends: Mapping[str, Ending | None], scheduler: Scheduler) -> None:
        """Take how jobs ended; None if not known."""
        for key, end in ends.items():
            if key in self._listed:
                job = self._listed[key]
                self._ends[key] = end or (job.state, job.word)
            elif end and key in self._past:
                self._past[key] = replace(self._past[key], state=end[0], word=end[1])
        for key in [key for key in self._past if key.endswith(_LOST)]:
            self._learn_tasks(key, ends, scheduler)

    def rows(self, scheduler: Scheduler) -> Rows:
        """Return the rows as they are known now."""
        jobs = [self._as_ended(job) for job in self._listing.jobs]
        nodes = {job.key: job.node for job in jobs if job.state is JobState.RUNNING}
        servers = {
            key: found
            for key, found in self._found.items()
            if key in nodes and same_host(nodes[key], found.server.node)
        }
        self._served = dict.fromkeys(list(self._served | dict.fromkeys(servers))[-PAST_KEPT:])
        folded = fold(chain(jobs, reversed(self._past.values())), scheduler.queue, self._served)
        ordered = _ordered(folded, servers)
        by_name: dict[str, Job] = {}
        for job in ordered:
            by_name.setdefault(job.id, job)
            by_name[job.key] = job
        return Rows(ordered, by_name, servers, self._listing.unread)

    def _as_ended(self, job: Job) -> Job:
        end = self._ends.get(job.key) if self._ends else None
        return replace(job, state=end[0], word=end[1]) if end else job

    def _note_gone(self, before: Mapping[str, Job]) -> Iterable[str]:
        """Remember jobs that are no longer listed; returns the keys of those that were not known to have ended."""
        arrays = None
        for key, job in before.items():
            if job.array and key == waiting_key(job.array) and not job.state.finished:
                arrays = arrays if arrays is not None else self._tasks_by_array()
                lost = tasks_of(job) - arrays.get(job.array, frozenset())
                if lost:
                    yield self._lose(job, lost)
            elif key not in self._listed:
                known = job.state.finished
                state, word = (job.state, job.word) if known else (JobState.UNKNOWN, "")
                self._past[key] = replace(job, state=state, word=word, left=None, listed=False)
                if not known:
                    yield key

    def _tasks_by_array(self) -> dict[str, frozenset[int]]:
        """Return the tasks that have rows now, or had and ended, by array."""
        rows: dict[str, list[frozenset[int]]] = {}
        for job in chain(self._listing.jobs, self._past.values()):
            if job.array:
                rows.setdefault(job.array, []).append(tasks_of(job))
        return {array: frozenset().union(*tasks) for array, tasks in rows.items()}

    def _lose(self, job: Job, tasks: frozenset[int]) -> str:
        """Remember tasks of an array that began and ended between two polls; returns their key."""
        key = f"{job.array}{_LOST}"
        both = tasks | (tasks_of(self._past[key]) if key in self._past else frozenset())
        self._past[key] = replace(
            job, id=f"{job.array}_[{show_tasks(both)}]", key=key, tasks=show_tasks(both),
            state=JobState.UNKNOWN, word="", reason=NO_REASON, starts="", left=None, listed=False,
        )  # fmt: skip
        return key

    def _learn_tasks(self, key: str, ends: Mapping[str, Ending | None], scheduler: Scheduler) -> None:
        """Take the endings of single tasks out of those of an array that were lost from sight."""
        lost = self._past[key]
        known: dict[JobState, set[int]] = {}
        for task in tasks_of(lost):
            end = ends.get(scheduler.queue.write_id(JobId(lost.array, frozenset({task}))))
            if end:
                known.setdefault(end[0], set()).add(task)
        for state, tasks in known.items():
            at = f"{key} {state.value}"
            both = tasks | (tasks_of(self._past[at]) if at in self._past else frozenset())
            self._past[at] = replace(lost, key=at, state=state, tasks=show_tasks(both))
        rest = tasks_of(lost).difference(*known.values())
        if rest:
            self._past[key] = replace(lost, tasks=show_tasks(rest))
        else:
            del self._past[key]

    def _trim(self) -> None:
        """Keep the latest of what has ended, an array as one."""
        kept: set[str] = set()
        for key in reversed(list(self._past)):
            kept.add(self._past[key].array or key)
            if len(kept) > PAST_KEPT:
                del self._past[key]


_LOST = "_[lost]"


def _ordered(jobs: Iterable[Job], servers: Mapping[str, DiscoveredServer]) -> tuple[Job, ...]:
    """Return the user's servers first, then other active jobs, then ended ones; the latest first.

    One call of `sort` lets no other thread run, so only some jobs are sorted at once.
    """
    shares: dict[tuple[int, int], list[Job]] = {}
    for job in jobs:
        group = 2 if job.state.finished or not job.listed else 0 if job.key in servers else 1
        share = (group, -(_number(job) // _SORTED_AT_ONCE))
        if share not in shares:
            shares[share] = []
        shares[share].append(job)
    ordered: list[Job] = []
    for share in sorted(shares):
        ordered += sorted(shares[share], key=_number, reverse=True)
    return tuple(ordered)


def _number(job: Job) -> int:
    key = job.key
    digits = key if key.isdecimal() else (job.array or number_of(key)).partition(";")[0]
    return int(digits) if digits.isdecimal() and len(digits) < 19 else 0
