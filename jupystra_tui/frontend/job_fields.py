"""The fields that a filter for jobs knows by name."""

import operator
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice

from msgspec import Struct

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.units import BadText, parse_duration, parse_memory

JobTest = Callable[[Job], bool]
OPTIONS_LIMIT = 2000
"""Jobs among which values are looked for while a term is completed."""

VALUES_KEPT = 4096
"""Values of a field, such as lists of nodes, whose test is remembered: many jobs share one."""

STATE_CODES = {
    "pd": JobState.PENDING,
    "r": JobState.RUNNING,
    "cg": JobState.ENDING,
    "s": JobState.SUSPENDED,
    "cd": JobState.DONE,
    "f": JobState.FAILED,
    "ca": JobState.CANCELLED,
    "to": JobState.TIMEOUT,
    "oom": JobState.OUT_OF_MEMORY,
    "nf": JobState.NODE_FAIL,
}
"""The short state names that users of squeue type."""

_COMPARED = re.compile(r"(<=|>=|<|>|=)?(.*)", re.DOTALL)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_RANGE = re.compile(r"\b(\d{1,9})(?:-(\d{1,9}))?(?=,|$)")
_RANGES = re.compile(r"([^\[\],:\s]*)\[([\d,-]+)\]([^\[\],:\s]*)|([^\[\],:\s]+)")


class JobField(Struct, frozen=True):
    """A field: `test` returns what its value demands of a job, None for an unfinished value; it raises BadText.

    `options` returns values to complete from.
    """

    test: Callable[[str], JobTest | None]
    options: Callable[[Iterable[Job]], tuple[str, ...]] = lambda jobs: ()


def _text(of: Callable[[Job], str]) -> JobField:
    def test(value: str) -> JobTest | None:
        parts = tuple(filter(None, value.lower().split(",")))
        has = lru_cache(VALUES_KEPT)(lambda text: any(part in text.lower() for part in parts))
        return (lambda job: has(of(job))) if parts else None

    return JobField(test, lambda jobs: tuple(sorted({of(job) for job in islice(jobs, OPTIONS_LIMIT)} - {""})))


def _number(
    of: Callable[[Job], float | None], parse: Callable[[str], float], *, exact: bool = False
) -> Callable[[str], JobTest | None]:
    """Return a test of comparisons; a value without one means "equal" if `exact`, else at most that much."""

    def test(value: str) -> JobTest | None:
        sign, written = _COMPARED.fullmatch(value).groups()  # type: ignore[union-attr]
        if not written:
            return None
        limit, compare = parse(written), _COMPARE[sign or ("=" if exact else "<=")]
        return lambda job: (has := of(job)) is not None and compare(has, limit)

    return test


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadText(text, "a number", "a number such as 4, or >4")
    return int(text)


def _zero_or(parse: Callable[[str], float]) -> Callable[[str], float]:
    return lambda text: 0 if text == "0" else parse(text)


def gpu_count(gpus: str) -> int:
    """Return the number of GPUs of `2`, `a100:2` or `a100:2,v100:1`; a type without a number is one."""
    last = [part.rpartition(":")[2] for part in gpus.split(",") if part]
    return sum(int(number) if number.isascii() and number.isdigit() else 1 for number in last)


def _gpus(value: str) -> JobTest | None:
    """Test for a number of GPUs (`2`, `>0`), or for a type."""
    if value[0] in "<>=" or value.isdigit():
        count = lru_cache(VALUES_KEPT)(gpu_count)
        return _number(lambda job: count(job.gpus), _count, exact=True)(value)
    wanted = value.lower()
    return lambda job: wanted in job.gpus.lower()


def _state(value: str) -> JobTest | None:
    """Test for a state by its short name, the beginning of its word, or the beginning of the scheduler's word."""
    names = tuple(filter(None, value.lower().split(",")))
    states = {STATE_CODES[name] for name in names if name in STATE_CODES}
    words = tuple(name for name in names if name not in STATE_CODES)
    states |= {state for state in JobState for word in words if state.value.startswith(word)}
    has = lru_cache(VALUES_KEPT)(
        lambda state, word: state in states or bool(words and word.lower().startswith(words))
    )
    return (lambda job: has(job.state, job.word)) if names else None


def on_node(nodes: str, wanted: str) -> bool:
    """Return whether a list of nodes as schedulers print it (`c[01-04,7],gpu1`, `4*h1:h2`) has a node.

    A name without its domain is enough, and so is `gpu*` for all nodes whose names begin so.
    """
    if wanted.endswith("*"):
        wanted = wanted.rstrip("*")
        return any(
            (prefix or single.rpartition("*")[2]).startswith(wanted)
            for prefix, _, _, single in _RANGES.findall(nodes)
        )
    for prefix, ranges, suffix, single in _RANGES.findall(nodes):
        if single:
            host = single.rpartition("*")[2]  # LSF writes the number of slots first: 4*host
            if host == wanted or host.partition(".")[0] == wanted:
                return True
        elif wanted.startswith(prefix) and _in_ranges(wanted[len(prefix) :], ranges, suffix):
            return True
    return False


def _in_ranges(rest: str, ranges: str, suffix: str) -> bool:
    digits = rest.removesuffix(suffix) if suffix else rest
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        return False
    for first, last in _RANGE.findall(ranges):
        if len(first) <= len(digits) and int(first) <= int(digits) <= int(last or first):
            return True
    return False


def _node(value: str) -> JobTest | None:
    names = tuple(filter(None, value.split(",")))
    has = lru_cache(VALUES_KEPT)(lambda nodes: any(on_node(nodes, name) for name in names))
    return (lambda job: has(job.nodes or job.node)) if names else None


_QUEUE, _CORES, _MEMORY = (
    _text(lambda job: job.queue),
    JobField(_number(lambda job: job.cores, _count, exact=True)),
    JobField(_number(lambda job: job.memory, _zero_or(parse_memory))),
)
FIELDS: dict[str, JobField] = {
    "state": JobField(
        _state, lambda jobs: tuple(state.value for state in JobState if " " not in state.value)
    ),
    "queue": _QUEUE,
    "partition": _QUEUE,
    "node": JobField(
        _node, lambda jobs: tuple(sorted({job.node for job in islice(jobs, OPTIONS_LIMIT)} - {""}))
    ),
    "gpu": JobField(_gpus),
    "cores": _CORES,
    "cpus": _CORES,
    "memory": _MEMORY,
    "left": JobField(_number(lambda job: job.left, _zero_or(parse_duration))),
    "limit": JobField(_number(lambda job: job.limit, _zero_or(parse_duration))),
    "used": JobField(_number(lambda job: job.used, _zero_or(parse_duration))),
    "name": _text(lambda job: job.name),
    "id": _text(lambda job: job.id),
    "account": _text(lambda job: job.account),
    "reason": _text(lambda job: f"{job.reason.code} {job.reason.text}"),
}
"""Every field by name, in the order in which the beginning of a name is completed."""


def field_named(name: str) -> JobField | None:
    """Return the field of that name, of which two letters are enough; None if there is none."""
    name = name.lower().removesuffix("s")
    known = next((one for one in FIELDS if one.removesuffix("s") == name), "") or next(
        (one for one in FIELDS if len(name) > 1 and one.startswith(name)), ""
    )
    return FIELDS.get(known)
