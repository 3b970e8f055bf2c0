"""The batch script's header, bsub's command line, and its output."""

import math
import posixpath
import re
import shlex

from msgspec import Struct

from jupystra_tui.errors import ConfigError, MaybeSubmitted
from jupystra_tui.model import JobRequest
from jupystra_tui.options import OPTIONS, Option
from jupystra_tui.schedulers.lsf.lsf_failures import explain_failure, is_hung, is_refused
from jupystra_tui.schedulers.request_checks import CONTROL
from jupystra_tui.schedulers.roles import Argv

_ID = re.compile(r"^\W*Job <(\d+)> is submitted to\b", re.MULTILINE | re.ASCII)
_TAG = re.compile(r"\.\d{8}-\d{6}-[0-9a-f]{4,8}")
_REFUSED = re.compile(r"usage:|lsb_init|lsf\.conf", re.IGNORECASE)
_NOT_FOUND = 127
_NAME_LENGTH = 100
_VARIABLES = {"%J": '"$LSB_JOBID"', "%I": '"$LSB_JOBINDEX"'}
_KIBIBYTES = {"KB": 1, "MB": 2**10, "GB": 2**20, "TB": 2**30, "PB": 2**40, "EB": 2**50}


class MemoryUnits(Struct, frozen=True):
    """How a site counts memory: the units of `-M` and of `rusage`, and whether that is for each task of a job."""

    limit_unit: str = "KB"
    reserve_unit: str = "MB"
    per_task: bool = False

    def limit(self, mib: int) -> int:
        """Return the number for `-M`, rounded up."""
        return math.ceil(mib * 1024 / _KIBIBYTES[self.limit_unit])

    def reserve(self, mib: int, tasks: int) -> int:
        """Return the number for `rusage[mem=]`, rounded up."""
        share = mib / tasks if self.per_task else mib
        return math.ceil(share * 1024 / _KIBIBYTES[self.reserve_unit])


def job_name(request: JobRequest, tag: str) -> str:
    """Return a name that no other job has, of characters that are not special to LSF."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", request.name).strip("-") or "jupyter"
    return f"{plain[:_NAME_LENGTH]}.{tag}"


def shown_name(name: str) -> str:
    """Return a job's name as the user chose it, without the tag of its submission."""
    return _TAG.sub("", name)


def script_header(
    request: JobRequest, log: str, tag: str, memory: MemoryUnits, options: tuple[Option, ...] = OPTIONS
) -> tuple[str, ...]:
    """Return the #BSUB lines, and one that sends the output to `log`: LSF writes its own file at the end only.

    The memory is for the whole job. Raises ConfigError for text that would break out of its line.
    """
    texts = {option.name: str(getattr(request, option.name)) for option in options if "lsf" in option.native}
    texts |= {
        "walltime": _clock(request.walltime) if request.walltime > 0 else "",
        "memory": str(memory.limit(request.memory)) if request.memory > 0 else "",
        "gpus": _gpus(request.gpus),
        "constraint": _requirements(request, memory),
        "name": job_name(request, tag),
    }
    wanted = [(option.native["lsf"], texts[option.name]) for option in options if "lsf" in option.native]
    lines = [f"#BSUB {option} {_quoted(value)}" for option, value in wanted if value]
    lines += ["#BSUB -o /dev/null", *(f"#BSUB {option}" for option in request.options)]
    counted = f"# memory limits of this site count {memory.limit_unit}, reservations {memory.reserve_unit}"
    lines += [counted] if request.memory > 0 else []
    lines.append(f"mkdir -p {_path(posixpath.dirname(log))} && exec >>{_path(log)} 2>&1")
    for line in lines:
        if CONTROL.search(line):
            raise ConfigError(f"{line!r} contains a line end or a control character", "Remove it.")
    return tuple(lines)


def submit_command(request: JobRequest, log: str, tag: str) -> Argv:
    """Return bsub for a script on its standard input."""
    return ("bsub",)


def parse_submit(stdout: str, stderr: str, rc: int) -> str:
    """Return the job's id, whatever esubs and banners also print on either stream.

    Raises SchedulerError for a refusal, MaybeSubmitted if the job may have been accepted, or may be accepted later.
    """
    said = "\n".join(filter(str.strip, (stderr, stdout)))
    refused = bool(rc) and is_refused(said)
    match = None if refused else _ID.search(stdout) or _ID.search(stderr)
    if match:
        return match[1]
    error = explain_failure(rc, said, "bsub")
    if refused or rc == _NOT_FOUND or (_REFUSED.search(said) and not is_hung(said)):
        raise error
    raise MaybeSubmitted(error.title, error.hint, error.detail)


def id_program() -> str:
    """Return sed's program for `Job <4711> is submitted to queue <short>.`."""
    return r"s/^Job <\([0-9][0-9]*\)> is submitted.*/\1/p"


def _requirements(request: JobRequest, memory: MemoryUnits) -> str:
    select = f"select[{request.constraint}]" if request.constraint else ""
    reserve = memory.reserve(request.memory, request.cores) if request.memory > 0 else 0
    usage = f"rusage[mem={reserve}]" if reserve else ""
    span = "span[hosts=1]" if request.cores > 1 else ""
    return " ".join(filter(None, (select, usage, span)))


def _clock(seconds: int) -> str:
    """Return `[hh:]mm` as bsub wants it, rounded up to whole minutes."""
    hours, minutes = divmod(math.ceil(seconds / 60), 60)
    return f"{hours}:{minutes:02}"


def _gpus(wanted: str) -> str:
    kind, _, count = wanted.rpartition(":")
    return f"num={count}" + (f":gmodel={kind}" if kind else "") if wanted else ""


def _quoted(value: str) -> str:
    """Quote for a #BSUB line, which supports double quotes only."""
    if re.fullmatch(r"[\w./:=,+@%-]+", value):
        return value
    if '"' in value:
        raise ConfigError(
            f"{value!r} contains a quotation mark", "LSF's options cannot contain one: remove it."
        )
    return f'"{value}"'


def _path(log: str) -> str:
    """Return one shell word for a path in which %J and %I are the job's number and index."""
    home = "$HOME" if log.startswith("$HOME") else ""
    pieces = re.split("(%[JI])", log.removeprefix(home))
    words = (_VARIABLES.get(piece) or shlex.quote(piece) for piece in pieces if piece)
    return (f'"{home}"' if home else "") + "".join(words)
