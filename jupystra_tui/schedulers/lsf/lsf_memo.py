"""What a login has learned of its jobs and queues that does not change, so that it is asked for only once."""

from collections.abc import Iterable
from typing import TypeVar

from jupystra_tui.schedulers.lsf.lsf_dialects import Dialect
from jupystra_tui.schedulers.lsf.lsf_ids import parse_id
from jupystra_tui.schedulers.lsf.lsf_run_details import Run
from jupystra_tui.schedulers.roles import JobId

T = TypeVar("T")
MOST = 10_000
"""Jobs remembered at once."""


class LsfMemo:
    """The form of bjobs that listed jobs, limits of jobs, which are arrays, which were killed, and queues' limits.

    `queue_limits` are in seconds, None for a queue without a run limit.
    """

    def __init__(self) -> None:
        self.dialect: Dialect | None = None
        self.queue_limits: dict[str, int | None] = {}
        self._runs: dict[str, Run] = {}
        self._arrays: dict[str, bool] = {}
        self._killed: dict[str, JobId] = {}

    def run(self, key: str) -> Run | None:
        """Return the limits of a job, None if they have not been asked for."""
        return self._runs.get(_number(key))

    def learn_runs(self, runs: dict[str, Run]) -> None:
        """Keep the limits and hosts of running jobs; the elements of an array have the same ones, as far as counts."""
        _keep(
            self._runs,
            {_number(key): Run(run.limit, run.memory, hosts=run.hosts) for key, run in runs.items()},
        )

    def forget_run(self, key: str) -> None:
        """Ask about a job again with the next poll: it runs elsewhere by now."""
        self._runs.pop(_number(key), None)

    def learn_arrays(self, elements: Iterable[str], arrays: frozenset[str] | None) -> None:
        """Keep which jobs are arrays, of those whose names end like an element's; `arrays` is None for all of them."""
        numbers = map(_number, elements)
        _keep(self._arrays, {number: arrays is None or number in arrays for number in numbers})

    def note_killed(self, ids: Iterable[str]) -> None:
        """Keep which jobs were running or pending and were killed: LSF may call them done."""
        parts = {text: parse_id(text) for text in ids}
        _keep(self._killed, {text: part for text, part in parts.items() if part})

    def was_killed(self, key: str) -> bool:
        """Return whether a job was killed: by itself, with its whole array, or among some of its elements."""
        job = parse_id(key)
        return job is not None and any(
            part.number == job.number and (part.tasks is None or bool(job.tasks and job.tasks <= part.tasks))
            for part in self._killed.values()
        )

    @property
    def arrays(self) -> frozenset[str]:
        """The numbers known to be arrays."""
        return frozenset(number for number, array in self._arrays.items() if array)

    @property
    def single_jobs(self) -> frozenset[str]:
        """The numbers known not to be arrays, though their names end like an element's."""
        return frozenset(number for number, array in self._arrays.items() if not array)

    @property
    def with_limits(self) -> frozenset[str]:
        """The numbers of the jobs whose limits are known."""
        return frozenset(self._runs)


def _number(key: str) -> str:
    return key.partition("[")[0]


def _keep(kept: dict[str, T], new: dict[str, T]) -> None:
    kept |= new
    for number in list(kept)[: max(0, len(kept) - MOST)]:
        del kept[number]
