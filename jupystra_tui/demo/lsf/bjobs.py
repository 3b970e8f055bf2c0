"""The stub command for bjobs."""

from __future__ import annotations

import json
import time

from jupystra_tui.demo.lsf import long_format
from jupystra_tui.demo.lsf.daemon import Daemon, LsfError, options, short_clock
from jupystra_tui.demo.lsf.job_rows import Row, rows
from jupystra_tui.demo.scheduler_commands import CommandCall, CommandReply

USAGE = """bjobs: invalid option -- '{letter}'
Usage: bjobs [-h] [-V] [-w |-l |-UF] [-a] [-d] [-p] [-s] [-r] [-o] [-json] [-A]
             [-m host_name] [-q queue_name] [-u user_name | -u all]
             [-P project_name] [-N host_spec]
             [-J name_spec] [jobId | "jobId[idxList]" ...]"""
FIELDS = (
    "jobid", "user", "stat", "queue", "from_host", "exec_host", "job_name", "submit_time", "proj_name", "cpu_used",
    "mem", "swap", "pids", "start_time", "finish_time",
)  # fmt: skip
NOTHING = 254
HEADING = "JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME"
WAITING = "JOBID   USER    STAT  QUEUE       FROM_HOST      JOB_NAME           SUBMIT_TIME"


def bjobs(daemon: Daemon, call: CommandCall) -> CommandReply:
    """List jobs: the unfinished ones, all (-a), those that wait with their reasons (-p), or one in full (-l)."""
    as_json = "-json" in call.argv
    words, ids = options([word for word in call.argv if word != "-json"], "wladprso:u:q:J:", USAGE)
    known = rows(daemon)
    if "q" in words and words["q"] not in {queue.name for queue in daemon.inventory.partitions}:
        raise LsfError(f"{words['q']}: No such queue")
    chosen, missing = _chosen(known, words, ids, daemon.user)
    if "o" in words:
        return _formatted(chosen, missing, words["o"].split(), as_json, daemon)
    error = "".join(f"{line}\n" for line in missing)
    code = 255 if missing else 0
    if not chosen:
        return CommandReply(stderr=error or f"{_nothing(words)}\n", code=code or NOTHING)
    if "l" in words:
        return CommandReply("".join(long_format.described(row, daemon) for row in chosen), error, code)
    if "p" in words:
        return CommandReply(_reasons(chosen, daemon), error, code)
    return CommandReply(_table(chosen, daemon, wide="w" in words), error, code)


def _chosen(
    known: list[Row], words: dict[str, str], ids: list[str], user: str
) -> tuple[list[Row], list[str]]:
    """Return the requested rows, and an error for each id or name that does not exist."""
    if words.get("u", user) not in (user, "all"):
        return [], []
    if "q" in words:
        known = [row for row in known if row.job.request.partition == words["q"]]
    if ids:
        return _by_id(known, ids)
    if "J" in words:
        known = [row for row in known if words["J"] in (row.name, row.job.request.name)]
        if not known:
            return [], [f"Job <{words['J']}> is not found"]
    if "p" in words:
        return [row for row in known if row.word == "PEND"], []
    if "r" in words:
        return [row for row in known if row.word == "RUN"], []
    return [row for row in known if ("a" in words or "l" in words or not row.finished) or "d" in words], []


def _by_id(known: list[Row], ids: list[str]) -> tuple[list[Row], list[str]]:
    bad = next((word for word in ids if not word.partition("[")[0].isdecimal()), None)
    if bad is not None:
        raise LsfError(f"{bad}: Illegal job ID.")
    found = [row for word in ids for row in known if word in (row.id, row.key)]
    missing = [word for word in ids if not any(word in (row.id, row.key) for row in known)]
    return found, [f"Job <{word}> is not found" for word in missing]


def _nothing(words: dict[str, str]) -> str:
    return (
        "No job found"
        if "a" in words
        else "No pending job found"
        if "p" in words
        else "No unfinished job found"
    )


def _table(chosen: list[Row], daemon: Daemon, *, wide: bool) -> str:
    return "".join(f"{line}\n" for line in [HEADING, *(_line(row, daemon, wide) for row in chosen)])


def _line(row: Row, daemon: Daemon, wide: bool) -> str:
    values = [
        (row.id, 7), (daemon.user, 7), (row.word, 5), (row.job.request.partition, 10), (daemon.inventory.login, 11),
        (row.hosts or ("" if row.word == "PEND" and not wide else "   -"), 11),
        (row.name if wide else _tail(row.name, 10), 10),
    ]  # fmt: skip
    cut = [value if wide else value[:width] for value, width in values]
    padded = (text.ljust(width) for text, (_, width) in zip(cut, values, strict=True))
    return f"{' '.join(padded)} {short_clock(row.job.submitted)}"


def _tail(text: str, width: int) -> str:
    return text if len(text) <= width else f"*{text[1 - width :]}"


def _reasons(chosen: list[Row], daemon: Daemon) -> str:
    lines = [WAITING]
    hosts = len(daemon.inventory.nodes)
    for row in chosen:
        values = (
            row.id.ljust(7), daemon.user[:7].ljust(7), row.word.ljust(5), row.job.request.partition[:11].ljust(11),
            daemon.inventory.login[:14].ljust(14), _tail(row.name, 20)[:18].ljust(18),
        )  # fmt: skip
        lines += [f"{' '.join(values)} {short_clock(row.job.submitted)}", f" {row.reason(hosts)}"]
    return "".join(f"{line}\n" for line in lines)


def _formatted(
    chosen: list[Row], missing: list[str], names: list[str], as_json: bool, daemon: Daemon
) -> CommandReply:
    bad = next((name for name in names if name.lower() not in FIELDS), None)
    if bad is not None and (chosen or missing):
        raise LsfError(f"<{bad.upper()}> in the format string is not a valid field name.", 99)
    code = 255 if missing or (as_json and not chosen) else 0
    records = [{name.upper(): _field(row, name.lower(), daemon) for name in names} for row in chosen]
    if as_json:
        records += [{"JOBID": line[5 : line.index(">")], "ERROR": line} for line in missing]
        return CommandReply(_as_json(records), code=code)
    if not chosen:
        return CommandReply(
            stderr="".join(f"{line}\n" for line in missing) or "No unfinished job found\n",
            code=code or NOTHING,
        )
    lines = [
        " ".join(name.upper() for name in names),
        *(" ".join(value or "-" for value in record.values()) for record in records),
    ]
    return CommandReply(
        "".join(f"{line}\n" for line in lines), "".join(f"{line}\n" for line in missing), code
    )


def _field(row: Row, name: str, daemon: Daemon) -> str:
    job = row.job
    values = {
        "jobid": row.id, "user": daemon.user, "stat": row.word, "queue": job.request.partition,
        "from_host": daemon.inventory.login, "exec_host": row.hosts, "job_name": row.name,
        "submit_time": short_clock(job.submitted), "proj_name": job.request.account,
        "start_time": _moment(job.started), "finish_time": _moment(job.ended) if row.finished else "",
    }  # fmt: skip
    return values.get(name, "")


def _moment(at: float | None) -> str:
    return "" if at is None else time.strftime("%m/%d-%H:%M:%S", time.localtime(at))


def _as_json(records: list[dict[str, str]]) -> str:
    """Write records with the tabs that volclava writes."""
    written = [
        "{\n"
        + ",\n".join(
            f'\t\t\t"{name}":\t{json.dumps(value, ensure_ascii=False)}' for name, value in one.items()
        )
        for one in records
    ]
    inside = "\n\t\t}, ".join(written) + "\n\t\t}" if written else ""
    return f'{{\n\t"COMMAND":\t"bjobs",\n\t"JOBS":\t{len(records)},\n\t"RECORDS":\t[{inside}]\n}}\n'
