"""bjobs: its command line in the site's dialect, and its output."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence

from jupystra_tui.model import Job, JobState
from jupystra_tui.schedulers.lsf.lsf_dialects import DELIMITER, Dialect, ask_script, dialect_named
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure, is_nothing_there, without_chatter
from jupystra_tui.schedulers.lsf.lsf_memo import LsfMemo
from jupystra_tui.schedulers.lsf.lsf_reasons import reason_in_state
from jupystra_tui.schedulers.lsf.lsf_submit import shown_name
from jupystra_tui.schedulers.lsf.lsf_supplement import Supplement, parse_supplement, supplement_script
from jupystra_tui.schedulers.lsf.lsf_values import (
    STATE_WORDS,
    first_host,
    key_of,
    mebibytes,
    run_limit,
    run_time,
    slots,
    state_of,
    time_left,
)
from jupystra_tui.schedulers.lsf.lsf_wide_listing import Fields, wide_rows
from jupystra_tui.schedulers.roles import Listing, StateQuery
from jupystra_tui.schedulers.state_query import state_program
from jupystra_tui.text import clean

_BEGIN = re.compile(r'\{\s*"COMMAND"')
_COUNT = re.compile(r'"JOBS":\s*"?(\d{1,9})\b', re.ASCII)
_LINE = re.compile(r'\s*[{,]*\s*"(\w+)":\s*"(.*)",?\s*')
_ELEMENT = re.compile(r"\[\d+\]$")
_Rows = Iterator[tuple[Fields, str]]


def list_script(
    dialect: Dialect, user: str, mark: str, numbers: Sequence[str] = (), memo: LsfMemo | None = None
) -> str:
    """Return shell text that lists all jobs, also finished ones, and after `mark` the supplementary queries."""
    dialect = (memo and memo.dialect) or dialect
    asking = ask_script(dialect, *(() if numbers else ("-a",)), "-u", user, numbers=numbers)
    return (
        "LC_ALL=C; LSB_SHORT_HOSTLIST=1; export LC_ALL LSB_SHORT_HOSTLIST # else the open-source line hides slots\n"
        f"{asking}\n"
        f"printf '%s\\n' \"$jupystra_jobs\"\n{supplement_script(user, mark, memo)}\n:"
    )


def parse_list(text: bytes, mark: str, stderr: str, memo: LsfMemo | None = None) -> Listing:
    """Parse the output of `list_script`; raises SchedulerError if it is neither a list nor says that there are no jobs.

    How a finished job ended is not in the list (a killed job may be DONE): those keys are `unsure`. `memo` learns what
    does not change.
    """
    listed, _, rest = text.decode("utf-8", "replace").partition(f"\x1e{mark} ")
    supplement = parse_supplement(rest, mark, memo)
    jobs, unread = [], []
    answer = without_chatter(listed)
    rows = list(_rows(dialect_named(supplement.form), answer))
    if memo and (supplement.arrays is not None or not supplement.lists_arrays):
        memo.learn_arrays(filter(_ELEMENT.search, map(_guess, rows)), supplement.arrays)
    for fields, line in rows:
        job = _job(fields, supplement) if fields else None
        if job:
            jobs.append(job)
        elif not is_nothing_there(line) and not _is_missing(fields):
            unread.append(clean(line or " ".join(fields.values())))
    if not jobs and not _is_empty(answer):
        raise explain_failure(1, f"{listed}\n{stderr}" if listed.strip() else stderr, "bjobs")
    if memo and jobs:
        memo.dialect = dialect_named(supplement.form)
    over = tuple(job.key for job in jobs if job.state.finished)
    return Listing(tuple(jobs), tuple(filter(None, unread)), over)


def _guess(row: tuple[Fields, str]) -> str:
    """Return the key that a row's number and name suggest."""
    fields = row[0]
    return key_of(fields.get("jobid", ""), fields.get("job_name", ""), fields.get("jobindex", ""))


def state_query(job: str) -> StateQuery:
    """Return `bjobs -w` for one job, in the form that every LSF knows."""
    line = r"^[0-9][][0-9]*  *[^ ]*  *@WORD .*"
    return StateQuery(
        f"bjobs -w {shlex.quote(job)}", state_program(line, STATE_WORDS) + "s/^Job <.*> is not found.*/over/p"
    )


def _is_empty(listed: str) -> bool:
    """Return whether output without jobs means an empty queue, not a failure."""
    return is_nothing_there(listed) or bool(re.search(r'"RECORDS":\s*\[\s*\]', listed))


def _is_missing(fields: Fields) -> bool:
    return "error" in fields


def _rows(dialect: Dialect, text: str) -> _Rows:
    if dialect.form == "delimited":
        return _from_delimited(text, dialect.fields)
    return _from_json(text) if dialect.form == "json" else wide_rows(text)


def _from_delimited(text: str, fields: tuple[str, ...]) -> _Rows:
    for line in text.split("\n"):
        values = line.split(DELIMITER, len(fields) - 1)
        if len(values) == len(fields):
            yield (
                {
                    name: "" if value.strip() == "-" else value
                    for name, value in zip(fields, values, strict=True)
                },
                "",
            )
        elif line.strip():
            yield {}, line


def _from_json(text: str) -> _Rows:
    begin = _BEGIN.search(text)
    inside = text[begin.start() : text.rfind("}") + 1] if begin else text
    try:
        records = [_lowered(record) for record in json.loads(inside, strict=False)["RECORDS"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        records = list(_line_by_line(inside))
    yield from ((record, "") for record in records)
    reported = _COUNT.search(inside)
    if reported and int(reported[1]) > len(records):
        yield {}, f"bjobs reports {reported[1]} jobs, {len(records)} of them could be parsed"


def _lowered(record: dict[str, object]) -> Fields:
    return {str(name).lower(): _text(value) for name, value in record.items()}


def _text(value: object) -> str:
    return "" if value is None or str(value).strip() == "-" else str(value)


def _line_by_line(text: str) -> Iterator[Fields]:
    """Parse JSON that is invalid because of a quotation mark in a name: each field is on a line of its own."""
    record: Fields = {}
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        if match[1] == "JOBID" and record:
            yield record
            record = {}
        record[match[1].lower()] = _text(match[2])
    if record:
        yield record


def _job(fields: Fields, supplement: Supplement) -> Job | None:
    name, word = fields.get("job_name", ""), fields.get("stat", "").strip()
    guess = _guess((fields, ""))
    if not guess or not word:
        return None
    state = state_of(word)
    start = "" if state.finished else fields.get("start_time", "").strip()
    where = fields.get("exec_host", "")
    key, run = supplement.key(guess), supplement.run(guess, start, where)
    array, _, element = key.partition("[")
    pending = state is JobState.PENDING
    if run.hosts and "[" not in key:
        where = run.hosts
    queue, ended = clean(fields.get("queue", "")), state.finished
    limit = _first(run_limit(fields.get("runtimelimit", "")), run.limit)
    limit = _first(limit, supplement.queue_limit(guess, queue))
    used = _first(run_time(fields.get("run_time", "")), run.used)
    left = _first(time_left(fields.get("time_left", "")), _left(limit, used))
    return Job(
        id=key,
        key=key,
        name=clean(shown_name(name).removesuffix(f"[{element}") if element else shown_name(name)),
        state=state,
        word=clean(word),
        reason=reason_in_state(word, clean(supplement.reasons.get(guess, "")) if pending else ""),
        queue=queue,
        node="" if pending else first_host(where),
        nodes="" if pending else clean("" if where.strip() == "-" else where),
        left=None if pending or ended else left,
        limit=limit,
        used=None if pending else used,
        cores=_number(fields.get("slots", "")) or slots(run.hosts) or slots(where),
        memory=_first(mebibytes(fields.get("memlimit", "")), run.memory),
        account=clean(fields.get("proj_name", "")),
        submitted=clean(fields.get("submit_time", "")),
        array=array if element else "",
        tasks=element.rstrip("]"),
    )


def _left(limit: int | None, used: int | None) -> int | None:
    return None if limit is None or used is None else max(0, limit - used)


def _first(value: int | None, otherwise: int | None) -> int | None:
    return otherwise if value is None else value


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
