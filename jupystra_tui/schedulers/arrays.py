"""Job arrays: their pending tasks share a row, and so do their ended ones."""

from collections import Counter
from collections.abc import Container, Iterable

from msgspec.structs import replace

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.reason import NO_REASON, Reason
from jupystra_tui.model.tasks import parse_tasks, show_tasks
from jupystra_tui.schedulers.roles import JobId, QueueRole

_LONGEST_ID = 40
_WORST = (
    JobState.FAILED,
    JobState.OUT_OF_MEMORY,
    JobState.NODE_FAIL,
    JobState.TIMEOUT,
    JobState.DEADLINE,
    JobState.PREEMPTED,
    JobState.CANCELLED,
    JobState.UNKNOWN,
    JobState.DONE,
)


def waiting_key(array: str) -> str:
    """Return the key of the row of an array's waiting tasks, whatever tasks these are now."""
    return f"{array}_[waiting]"


def ended_key(array: str) -> str:
    """Return the key of the row of an array's ended tasks."""
    return f"{array}_[ended]"


def number_of(key: str) -> str:
    """Return the number in a key; for several tasks of an array, the array's number."""
    return key.partition("_[")[0]


def tasks_of(job: Job) -> frozenset[int]:
    """Return the tasks of an array in a row, none if they are not known."""
    return (parse_tasks(job.tasks) if job.tasks else None) or frozenset()


def fold(jobs: Iterable[Job], queue: QueueRole, alone: Container[str] = ()) -> list[Job]:
    """Return the jobs with one row for the waiting and one for the ended tasks of each array.

    Tasks whose keys are in `alone` have rows of their own, as do running tasks.
    """
    folded: list[Job] = []
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        key = _folded_key(job) if job.array and job.key not in alone else ""
        if not key:
            folded.append(job)
            continue
        if key not in groups:
            groups[key] = []
            folded.append(replace(job, key=key))
        groups[key].append(job)
    if not groups:
        return folded
    return [_one(job, groups[job.key], queue) if job.key in groups else job for job in folded]


def _folded_key(job: Job) -> str:
    if job.state.finished or not job.listed:
        return ended_key(job.array)
    return waiting_key(job.array) if job.state is JobState.PENDING else ""


def _one(first: Job, rows: list[Job], queue: QueueRole) -> Job:
    if len(rows) == 1:
        return first
    tasks: frozenset[int] = frozenset().union(*map(tasks_of, rows))
    id = queue.write_id(JobId(first.array, tasks)) if tasks else first.id
    one = replace(first, id=_short(id), tasks=show_tasks(tasks))
    if first.key == waiting_key(first.array):
        return one
    counts: Counter[JobState] = Counter()
    for row in rows:
        counts[row.state] += len(tasks_of(row)) or 1
    state = min(counts, key=_WORST.index)
    said = ", ".join(f"{counts[each]} {each.value}" for each in reversed(_WORST) if counts[each])
    reason = Reason(said, said, said) if len(counts) > 1 else NO_REASON
    return replace(
        one, state=state, word="", reason=reason, node="", nodes="", used=None, left=None,
        listed=any(row.listed for row in rows),
    )  # fmt: skip


def _short(id: str) -> str:
    return id if len(id) <= _LONGEST_ID else f"{id[: _LONGEST_ID - 2]}…{id[-1]}"
