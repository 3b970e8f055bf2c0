"""What a login has learned of its jobs and queues that does not change, so that it is asked for only once."""

from collections.abc import Iterable
from typing import TypeVar

from jupystra_tui.schedulers.lsf.lsf_dialects import Dialect
from jupystra_tui.schedulers.lsf.lsf_run_details import Run

T = TypeVar("T")
MOST = 10_000
"""Jobs remembered at once."""


class LsfMemo:
    """The form of bjobs that listed jobs, limits of jobs and which of them are arrays, by number, and queues' limits.

    `queue_limits` are in seconds, None for a queue without a run limit.
    """

    def __init__(self) -> None:
        self.dialect: Dialect | None = None
        self.queue_limits: dict[str, int | None] = {}
        self._runs: dict[str, Run] = {}
        self._arrays: dict[str, bool] = {}

    def run(self, key: str) -> Run | None:
        """Return the limits of a job, None if they have not been asked for."""
        return self._runs.get(_number(key))

    def learn_runs(self, runs: dict[str, Run]) -> None:
        """Keep the limits of running jobs; the elements of an array have the same ones."""
        _keep(self._runs, {_number(key): Run(run.limit, run.memory) for key, run in runs.items()})

    def learn_arrays(self, elements: Iterable[str], arrays: frozenset[str] | None) -> None:
        """Keep which jobs are arrays, of those whose names end like an element's; `arrays` is None for all of them."""
        numbers = map(_number, elements)
        _keep(self._arrays, {number: arrays is None or number in arrays for number in numbers})

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
