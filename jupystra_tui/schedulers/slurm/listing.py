"""The queue: squeue's command line, and its answer."""

import re
import shlex

from jupystra_tui.model import Job, JobState
from jupystra_tui.model.names import job_id
from jupystra_tui.schedulers.base import Listing
from jupystra_tui.schedulers.slurm.failures import explain_failure
from jupystra_tui.schedulers.slurm.words import first_host, gpus, mebibytes, number, seconds, state_of
from jupystra_tui.text import clean

_CODES = "%i %A %T %r %P %S %L %l %M %C %m %N %a %b %V %j"
_NAME = _CODES.count(" ")
_ARRAY = re.compile(r"(\d+)_\[([\d,:-]+)(?:%\d+)?\]", re.ASCII)
_NOTHING = {"N/A", "(null)", "Unknown", "NONE"}
_LONG = 100_000


def list_script(user: str, mark: str) -> str:
    """Return squeue with one record a job: `mark` before it, the free-text name last.

    SLURM_BITSTR_LEN=0 keeps squeue from cutting an array's task list, which would no longer name what to kill.
    """
    record = f"\x1e{mark}\x1f" + _CODES.replace(" ", "\x1f")
    return shlex.join(("env", "SLURM_BITSTR_LEN=0", "squeue", "-h", "-t", "all", "-u", user, "-o", record))


def parse_list(text: bytes, mark: str, rc: int = 0, stderr: str = "") -> Listing:
    """Read what `list_script` printed; raises SchedulerError where no record stands, only words or a failure.

    What cannot be read is kept as clean text. Records of other kinds (another letter after the mark) are passed over.
    """
    before, *records = text.decode("utf-8", "replace").split(f"\x1e{mark}")
    if not records and (rc or before.strip()):
        raise explain_failure(rc or 1, stderr if stderr.strip() else before, "squeue")
    shared = _Shared()
    unread = [clean(before.strip())] if before.strip() else []
    jobs = []
    for record in records:
        if record[:1] != "\x1f":
            continue
        job = _job(record, shared)
        if job:
            jobs.append(job)
        else:
            unread.append(clean(record[1:].rstrip("\n").replace("\x1f", " ")))
    return Listing(tuple(jobs), tuple(unread))


class _Shared(dict[str, str]):
    """Clean texts by raw ones: what many jobs share is cleaned once, and is one object."""

    def __missing__(self, raw: str) -> str:
        self[raw] = found = "" if raw in _NOTHING else clean(raw)
        return found


def _job(record: str, shared: _Shared) -> Job | None:
    fields = record.split("\x1f", _NAME + 1)
    if len(fields) < _NAME + 2 or not fields[1] or not job_id(fields[2]):
        return None
    (
        _,
        shown,
        raw,
        word,
        reason,
        queue,
        start,
        left,
        limit,
        used,
        cores,
        memory,
        nodes,
        account,
        gres,
        made,
        name,
    ) = fields
    state = state_of(word)
    pending = state is JobState.PENDING
    return Job(
        id=clean(shown),
        key=raw if raw == shown else key_of(shown, raw),
        name=clean(name.removesuffix("\n")),
        state=state,
        word=shared[word],
        reason="" if reason == "None" and not pending else shared[reason],
        queue=shared[queue],
        node=shared[first_host(nodes)],
        nodes=shared[nodes],
        left=None if pending or state.finished else seconds(left),
        limit=seconds(limit),
        used=seconds(used),
        cores=number(cores),
        memory=mebibytes(memory),
        gpus=gpus(gres),
        account=shared[account],
        starts=shared[start],
        submitted=shared[made],
    )


def key_of(shown: str, raw: str) -> str:
    """Return what scancel takes for a row: the raw id, or `45_[2,4]` for `45_[2-4:2%2]`, the waiting tasks of an array.

    The raw id of such a row is the whole array's, running tasks included; scancel takes neither steps nor the limit.
    """
    array = _ARRAY.fullmatch(shown)
    return f"{array[1]}_[{','.join(map(_without_step, array[2].split(',')))}]" if array else raw


def _without_step(part: str) -> str:
    span, colon, step = part.partition(":")
    first, dash, last = span.partition("-")
    if not (colon and dash and step.isdigit() and int(step)) or int(last) - int(first) > _LONG * int(step):
        return part
    return ",".join(map(str, range(int(first), int(last) + 1, int(step))))
