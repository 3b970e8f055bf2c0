"""Finds the job of a submission whose answer was lost: its comment ends with a mark."""

import re
import shlex
from itertools import pairwise

from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure

_OPTION = re.compile(r"--comm(?:e|en|ent)?(?:=(.*))?", re.DOTALL)
_SCRIPT = """found=$(squeue -a -h --me -t all -o '%A %k') || exit
case $found in *@MARK*) printf '%s\\n' "$found"; exit ;; esac
since() { sacct -n -P -X -S now-1days -o "JobIDRaw,$1" 2>/dev/null; }
since SubmitLine,Comment || since Comment
:"""


def comment(request: JobRequest, tag: str) -> str:
    """Return the job's comment: the one in the user's own options, and the mark of the submission."""
    words = [word for option in request.options for word in _words(option)]
    given = ""
    for word, following in pairwise([*words, ""]):
        option = _OPTION.fullmatch(word)
        if option:
            given = following if option[1] is None else option[1]
    return f"{given} {_mark(tag)}".strip()


def lookup_script(request: JobRequest, tag: str) -> str:
    """Return shell text that lists the user's jobs with their comments, including those of the last day."""
    return _SCRIPT.replace("@MARK", _mark(tag))


def parse_lookup(tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
    """Return the ids of the jobs of that submission; raises SchedulerError if the scheduler did not answer."""
    if rc:
        raise explain_failure(rc, stderr if stderr.strip() else stdout, "squeue")
    marked = re.compile(rf"(\d+)[ |](?:.*[\s|=])?{re.escape(_mark(tag))}(?:[\s|].*)?", re.ASCII)
    found = (marked.fullmatch(line) for line in stdout.splitlines())
    return tuple(sorted({match[1] for match in found if match}, key=int))


def _mark(tag: str) -> str:
    return f"jupystra:{tag}"


def _words(option: str) -> list[str]:
    try:
        return shlex.split(option)
    except ValueError:
        return []  # sbatch refuses it
