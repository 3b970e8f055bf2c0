"""Finds the job of a submission whose answer was lost: its comment ends with a mark."""

import re
import shlex
from itertools import pairwise

from jupystra_tui.model import JobRequest
from jupystra_tui.schedulers.slurm.slurm_clusters import (
    CLUSTER,
    OWN,
    chosen_clusters,
    on_cluster,
    one_script,
    with_cluster,
)
from jupystra_tui.schedulers.slurm.slurm_failures import explain_failure
from jupystra_tui.schedulers.slurm.slurm_memo import SlurmMemo

_OPTION = re.compile(r"--comm(?:e|en|ent)?(?:=(.*))?", re.DOTALL)
_SCRIPT = """found=$(@SQUEUE) || exit
case $found in *@MARK*) printf '%s\\n' "$found"; exit ;; esac
since() { @SACCT; }
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


def lookup_script(request: JobRequest, tag: str, memo: SlurmMemo | None = None) -> str:
    """Return shell text that lists the user's jobs with their comments, including those of the last day."""
    asked = chosen_clusters(request.options)
    clusters = [(memo.short(name) if memo else name) for name in asked.split(",") if name]
    clusters = clusters or list(memo.clusters if memo else (OWN,))
    squeue = one_script(map(_squeue, clusters))
    sacct = one_script(map(_sacct, clusters))
    return _SCRIPT.replace("@SQUEUE", squeue).replace("@SACCT", sacct).replace("@MARK", _mark(tag))


def _squeue(cluster: str) -> str:
    codes = f"{with_cluster('%A', cluster)} %k"
    return shlex.join(on_cluster(("squeue", "-a", "-h", "--me", "-t", "all", "-o", codes), cluster))


def _sacct(cluster: str) -> str:
    command = shlex.join(on_cluster(("sacct", "-n", "-P", "-X", "-S", "now-1days", "-o"), cluster))
    asked = f'{command} "JobIDRaw,$1" 2>/dev/null'
    if not cluster:
        return asked
    program = shlex.quote(f"s/^[0-9]*/&;{cluster}/")
    return f'{{ rows=$({asked}) && printf "%s\\n" "$rows" | sed {program}; }}'


def parse_lookup(tag: str, stdout: str, stderr: str, rc: int) -> tuple[str, ...]:
    """Return the ids of the jobs of that submission; raises SchedulerError if the scheduler did not answer."""
    if rc:
        raise explain_failure(rc, stderr if stderr.strip() else stdout, "squeue")
    marked = re.compile(
        rf"(\d+(?:;{CLUSTER})?)[ |](?:.*[\s|=])?{re.escape(_mark(tag))}(?:[\s|].*)?", re.ASCII
    )
    found = (marked.fullmatch(line) for line in stdout.splitlines())
    return tuple(sorted({match[1] for match in found if match}, key=_number))


def _number(id: str) -> int:
    return int(id.partition(";")[0])


def _mark(tag: str) -> str:
    return f"jupystra:{tag}"


def _words(option: str) -> list[str]:
    try:
        return shlex.split(option)
    except ValueError:
        return []  # sbatch refuses it
