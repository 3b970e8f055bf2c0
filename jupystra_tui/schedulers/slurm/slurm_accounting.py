"""How jobs ended: sacct, and scontrol where there is no accounting."""

import re
import shlex
from collections.abc import Iterable

from jupystra_tui.schedulers.arrays import number_of
from jupystra_tui.schedulers.roles import Argv, Ending
from jupystra_tui.schedulers.slurm.slurm_clusters import grouped, on_cluster, one_command, with_cluster
from jupystra_tui.schedulers.slurm.slurm_values import state_of
from jupystra_tui.text import clean

_ONE_JOB = re.compile(r"JobId=\d+ .*?(?=\n+JobId=\d+ |\Z)", re.DOTALL)
_NAME = re.compile(r"JobName=(.*) (?=UserId=\S+\(\d+\) GroupId=)", re.DOTALL)
_FIELD = re.compile(r"(?:^|\s)([A-Z][A-Za-z:/_]*)=(.*?)(?=\s+[A-Z][A-Za-z:/_]*=|\s*\Z)", re.DOTALL)


def finished_command(keys: Iterable[str]) -> Argv:
    """Return sacct for these jobs, without their steps."""
    groups = grouped(dict.fromkeys(map(number_of, keys)))
    return one_command([_sacct(cluster, ids) for cluster, ids in groups.items()])


def _sacct(cluster: str, ids: list[str]) -> Argv:
    fields = "JobIDRaw,State,ExitCode,Elapsed,End,NodeList,JobID" + (",Cluster" if cluster else "")
    argv = ("sacct", "-n", "-P", "-X", "--delimiter=\x1f", "-j", ",".join(ids), "-o", fields)
    return on_cluster(argv, cluster)


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and word by number, and by `45_3` for a task; for a requeued job the last row counts.

    Jobs that it does not know are absent.
    """
    ends: dict[str, Ending] = {}
    for line in text.splitlines():
        row = line.split("\x1f")
        if len(row) >= 6 and row[0].isdigit():
            end = state_of(row[1]), clean(row[1])
            cluster = clean(row[7]) if len(row) > 7 else ""
            ends |= {with_cluster(name, cluster): end for name in (row[0], *row[6:7])}
    return ends


def finished_fallback_script(keys: Iterable[str]) -> str:
    """Return scontrol for a few jobs, one by one; the controller remembers them for some minutes after their end."""
    groups = grouped(dict.fromkeys(map(number_of, keys)))
    return "; ".join(_scontrol(cluster, numbers) for cluster, numbers in groups.items())


def _scontrol(cluster: str, numbers: list[str]) -> str:
    command = shlex.join(on_cluster(("scontrol", "-a", "-o", "show", "job"), cluster))
    return (
        f"for job in {shlex.join(numbers)}; do printf '\\036%s\\037' {shlex.quote(cluster)}; "
        f'{command} "$job" 2>/dev/null; done'
    )


def parse_finished_fallback(text: str) -> dict[str, Ending]:
    """Return state and word by number; those that the controller has forgotten are absent."""
    ends: dict[str, Ending] = {}
    for record in text.split("\x1e"):
        cluster, _, answer = record.partition("\x1f")
        fields = job_fields(answer)
        if "JobId" in fields and "JobState" in fields:
            ends[with_cluster(fields["JobId"], clean(cluster))] = (
                state_of(fields["JobState"]),
                fields["JobState"],
            )
    return ends


def job_fields(text: str) -> dict[str, str]:
    """Return the fields of the first job that `scontrol show job` printed, without its name; empty if there is none.

    Values may contain blanks. The job's name may contain anything, also what looks like a field: it ends where the
    owner's field begins.
    """
    found = _ONE_JOB.search(text)
    if not found:
        return {}
    name = _NAME.search(found[0])
    pieces = [found[0][: name.start()], found[0][name.end() :]] if name else [found[0]]
    return {field: clean(value.strip()) for piece in pieces for field, value in _FIELD.findall(piece)}
