"""What a kill would end now, and how much of that the user has confirmed."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from jupystra_tui.errors import SchedulerError
from jupystra_tui.model import Job, JobState, KillPart
from jupystra_tui.schedulers.roles import JobId, QueueRole
from jupystra_tui.text import clean

_WHOLE = frozenset({-1})  # the tasks of a job that is not an array


class Plan(NamedTuple):
    """What a kill would end, and the names for which there is nothing to kill."""

    parts: tuple[KillPart, ...]
    missing: tuple[str, ...]


class Decision(NamedTuple):
    """`kill` is as it was confirmed; `ask` was confirmed as pending, and has started since."""

    kill: tuple[KillPart, ...]
    ask: tuple[KillPart, ...]


class _Piece(NamedTuple):
    """Tasks of one array in one state; `key` is the row's."""

    number: str
    tasks: frozenset[int]
    state: JobState
    name: str
    key: str = ""

    def part(self, queue: QueueRole) -> KillPart:
        id = JobId(self.number, None if self.tasks == _WHOLE else self.tasks)
        return KillPart(queue.write_id(id), self.state, self.name)


def numbers(names: Iterable[str], queue: QueueRole) -> tuple[str, ...]:
    """Return the numbers of these jobs; raises SchedulerError for a name that is not a job id."""
    return tuple(dict.fromkeys(_parsed(name, queue).number for name in names))


def plan(jobs: Iterable[Job], names: Iterable[str], queue: QueueRole) -> Plan:
    """Return what a kill of these names would end, from a fresh list: tasks of one array and state are one part.

    A name is the id of a job, of a whole array or of tasks of it, or the number of a single task.
    """
    pieces = list(_pieces(jobs, queue))
    arrays = {piece.number for piece in pieces}
    found: dict[tuple[str, JobState], _Piece] = {}
    missing = []
    for name in names:
        named = list(_named(_parsed(name, queue), pieces, arrays))
        for piece in named:
            at = (piece.number, piece.state)
            before = found[at].tasks if at in found else frozenset()
            found[at] = piece._replace(tasks=before | piece.tasks)
        missing += [] if named else [name]
    running_first = sorted(found.values(), key=lambda piece: piece.state is JobState.PENDING)
    return Plan(tuple(piece.part(queue) for piece in running_first), tuple(missing))


def _named(wanted: JobId, pieces: Iterable[_Piece], arrays: Container[str]) -> Iterator[_Piece]:
    by_key = wanted.tasks is None and wanted.number not in arrays
    for piece in pieces:
        if wanted.number == piece.number:
            tasks = piece.tasks if wanted.tasks is None else piece.tasks & wanted.tasks
            if tasks:
                yield piece._replace(tasks=tasks)
        elif by_key and wanted.number == piece.key:
            yield piece


def decide(fresh: Iterable[KillPart], confirmed: Sequence[KillPart], queue: QueueRole) -> Decision:
    """Return which of the present parts may be killed, and which need another confirmation.

    `fresh` is what `plan` found for the ids in `confirmed`.
    """
    kill: list[KillPart] = []
    ask: list[KillPart] = []
    known = [_piece(part, queue) for part in confirmed]
    for piece in (_piece(part, queue) for part in fresh):
        same = [one for one in known if one.number == piece.number and _covers(one.state, piece.state)]
        sure = piece.tasks & frozenset().union(*(one.tasks for one in same))
        for tasks, where in ((sure, kill), (piece.tasks - sure, ask)):
            if tasks:
                where.append(piece._replace(tasks=tasks).part(queue))
    return Decision(tuple(kill), tuple(ask))


def _covers(confirmed: JobState, now: JobState) -> bool:
    """Return whether a confirmation in one state covers the other."""
    return confirmed is not JobState.PENDING or now is JobState.PENDING


def _parsed(name: str, queue: QueueRole) -> JobId:
    id = queue.parse_id(name)
    if id is None:
        raise SchedulerError("This is not a job id", "Write it as in the list of jobs.", clean(name, 80))
    return id


def _piece(part: KillPart, queue: QueueRole) -> _Piece:
    id = _parsed(part.id, queue)
    return _Piece(id.number, _WHOLE if id.tasks is None else id.tasks, part.state, part.name)


def _pieces(jobs: Iterable[Job], queue: QueueRole) -> Iterator[_Piece]:
    """Return the jobs that can be killed; a heterogeneous job counts as one, and runs if one of its parts runs."""
    whole: dict[str, _Piece] = {}
    for job in jobs:
        id = queue.parse_id(job.id) if job.killable else None
        if id is not None and id.tasks is not None:
            yield _Piece(id.number, id.tasks, job.state, job.name, job.key)
        elif id is not None:
            before = whole.get(id.number)
            if before is None or before.state is JobState.PENDING:
                whole[id.number] = _Piece(id.number, _WHOLE, job.state, job.name, job.key)
    yield from whole.values()
