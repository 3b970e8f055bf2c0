"""squeue: its command line and output."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.tasks import show_tasks
from jupystra_tui.schedulers.arrays import waiting_key
from jupystra_tui.schedulers.roles import Listing, StateQuery
from jupystra_tui.schedulers.slurm.slurm_clusters import (
    CLUSTER,
    OWN,
    grouped,
    on_cluster,
    one_script,
    with_cluster,
)
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from jupystra_tui.schedulers.slurm.slurm_ids import parse_id
from jupystra_tui.schedulers.slurm.slurm_limits import Scope, alone_reason
from jupystra_tui.schedulers.slurm.slurm_memo import SlurmMemo
from jupystra_tui.schedulers.slurm.slurm_reasons import state_reason
from jupystra_tui.schedulers.slurm.slurm_tres import parse_tres, tres_script
from jupystra_tui.schedulers.slurm.slurm_values import (
    STATE_WORDS,
    first_host,
    gpus,
    mebibytes,
    number,
    seconds,
    state_of,
)
from jupystra_tui.schedulers.state_query import state_program
from jupystra_tui.text import clean

_CODES = ("%i", "%A", "%T", "%r", "%P", "%S", "%L", "%l", "%M", "%C", "%m", "%N", "%a", "%b", "%V", "%j")
_NUMBER = re.compile(rf"\d{{1,18}}(?:;{CLUSTER})?", re.ASCII)
_WAITING = re.compile(r"(\d{1,18})_\[", re.ASCII)
_UNKNOWN_JOB = re.compile(r"invalid job id specified", re.IGNORECASE)
_ERROR = re.compile(r"\b(?:error|fatal): ", re.IGNORECASE)
_NOTHING = {"N/A", "(null)", "Unknown", "NONE"}


class _Fields(NamedTuple):
    """The values of _CODES, as printed."""

    shown: str
    number: str
    state: str
    reason: str
    partition: str
    start: str
    left: str
    limit: str
    used: str
    cores: str
    memory: str
    nodes: str
    account: str
    gres: str
    submitted: str
    name: str


def list_script(user: str, mark: str, numbers: Sequence[str] = (), memo: SlurmMemo | None = None) -> str:
    """Return squeue with one record for each job: `mark` first, the free-text name last.

    Without `numbers` it lists the jobs of all clusters of `memo`, and asks for the GPUs of jobs that it wants.
    """
    if numbers:
        return one_script(_squeue(user, mark, *group) for group in grouped(numbers).items())
    script = one_script(_squeue(user, mark, cluster) for cluster in (memo.clusters if memo else (OWN,)))
    ask = memo.jobs_to_ask() if memo else ()
    if not ask:
        return script
    also = tres_script(
        ask, mark
    )  # not where squeue failed: without a controller each command waits until it gives up
    return f'{script}; code=$?; if [ "$code" = 0 ]; then {also}; fi; (exit "$code")'


def _squeue(user: str, mark: str, cluster: str, numbers: Sequence[str] = ()) -> str:
    """Return the command line for one cluster, whose name is added to the ids.

    SLURM_BITSTR_LEN=0 keeps squeue from cutting an array's task list, which would then be useless for a kill.
    """
    codes = (with_cluster("%i", cluster), with_cluster("%A", cluster), *_CODES[2:])
    record = "\x1f".join((f"\x1e{mark}", *codes))
    chosen = ("-j", ",".join(numbers)) if numbers else ()
    argv = ("squeue", "-a", "-h", "-t", "all", "-u", user, *chosen, "-o", record)
    return shlex.join(("env", "SLURM_BITSTR_LEN=0", *on_cluster(argv, cluster)))


def parse_list(
    text: bytes, mark: str, rc: int = 0, stderr: str = "", memo: SlurmMemo | None = None
) -> Listing:
    """Parse the output of `list_script`; raises SchedulerError if it is not a list, or not one of all clusters.

    Records that cannot be parsed are kept as clean text. Those with another character after the mark are skipped.
    """
    begin = f"\x1e{mark}".encode()
    first = text.find(begin)
    before = (text if first < 0 else text[:first]).decode("utf-8", "replace").strip()
    is_list = begin + b"\x1f" in text and not (rc and memo and len(memo.clusters) > 1)
    unknown = rc and _UNKNOWN_JOB.search(stderr)
    if not is_list and not unknown and (rc or _ERROR.search(before)):
        raise explain_failure(rc or 1, stderr if stderr.strip() else before, "squeue")
    shared = _Shared()
    unread = [clean(before)] if before else []
    jobs = []
    for record in _records(text, begin, first):
        if record[:1] != "\x1f":
            if memo:
                memo.learn_gpus(parse_tres(record))
            continue
        job = _job(record, shared)
        if job:
            jobs.append(job)
        else:
            unread.append(clean(record[1:].rstrip("\n").replace("\x1f", " ")))
    jobs = _judged(memo.with_gpus(jobs) if memo else jobs)
    return Listing(tuple(jobs), tuple(unread))


def _judged(jobs: list[Job]) -> list[Job]:
    """Return the jobs; where none has started, one that a limit of its user stops exceeds the limit by itself.

    Jobs that ended are listed for some minutes, so the scheduler has considered these since the last one ended.
    """
    if any(job.state is not JobState.PENDING for job in jobs):
        return jobs
    alone = (alone_reason(job.reason.code, Scope.USER) for job in jobs)
    return [replace(job, reason=reason) if reason else job for job, reason in zip(jobs, alone, strict=True)]


def state_query(job: str) -> StateQuery:
    """Return squeue for one job; a job that has ended some time ago is an invalid id."""
    number, _, cluster = job.partition(";")
    command = shlex.join(on_cluster(("squeue", "-a", "-h", "-t", "all", "-j", number, "-o", "%T"), cluster))
    return StateQuery(command, state_program("^@WORD$", STATE_WORDS) + "s/.*nvalid job id.*/over/p")


def _records(text: bytes, begin: bytes, first: int) -> Iterator[str]:
    """Yield what is between the marks: splitting and decoding 15 MB in one call would block other threads."""
    while first >= 0:
        start = first + len(begin)
        first = text.find(begin, start)
        yield text[start : first if first >= 0 else len(text)].decode("utf-8", "replace")


class _Shared(dict[str, str]):
    """Clean texts by raw ones: a text that many jobs share is cleaned once, and stored once."""

    def __missing__(self, raw: str) -> str:
        self[raw] = found = "" if raw in _NOTHING else clean(raw)
        return found


def _job(record: str, shared: _Shared) -> Job | None:
    values = record[1:].split("\x1f", len(_CODES) - 1)
    if len(values) < len(_CODES) or not _NUMBER.fullmatch(values[1]):
        return None
    fields = _Fields._make(values)
    row = _Row(fields.number) if fields.number == fields.shown else _row(fields.shown, fields.number)
    if row is None:
        return None
    state = state_of(fields.state)
    pending = state is JobState.PENDING
    return Job(
        id=clean(fields.shown),
        key=row.key,
        name=clean(fields.name.removesuffix("\n")),
        state=state,
        word=shared[fields.state],
        reason=state_reason(
            fields.state,
            "" if fields.reason == "None" and not pending else shared[fields.reason],
            state.finished,
        ),
        queue=shared[fields.partition],
        node=shared[first_host(fields.nodes)],
        nodes=shared[fields.nodes],
        left=None if pending or state.finished else seconds(fields.left),
        limit=seconds(fields.limit),
        used=seconds(fields.used),
        cores=number(fields.cores),
        memory=mebibytes(fields.memory),
        gpus=gpus(fields.gres),
        account=shared[fields.account],
        starts=shared[fields.start],
        submitted=shared[fields.submitted],
        array=row.array,
        tasks=row.tasks,
    )


class _Row(NamedTuple):
    """What identifies a row; see `Job`."""

    key: str
    array: str = ""
    tasks: str = ""


def _row(shown: str, raw: str) -> _Row | None:
    """Return what identifies a row of an array or of a heterogeneous job; None for what is not an id.

    The raw id of an array's pending tasks is the array's own id; the last task that starts gets it.
    """
    named = parse_id(shown) if shown.partition(";")[2] == raw.partition(";")[2] else None
    if named is None:
        cut = _WAITING.match(shown)
        array = with_cluster(cut[1], raw.partition(";")[2]) if cut else ""
        return _Row(waiting_key(array), array) if array else None
    if named.tasks is None:
        return _Row(raw)
    key = waiting_key(named.number) if _WAITING.match(shown) else raw
    return _Row(key, named.number, show_tasks(named.tasks))
