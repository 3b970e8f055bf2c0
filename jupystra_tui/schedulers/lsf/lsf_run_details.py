"""Limits and start of running jobs from `bjobs -l`, for sites whose bjobs has no fields for them."""

import re
import shlex
from datetime import datetime, timedelta

from msgspec import Struct

from jupystra_tui.schedulers.lsf.lsf_values import key_of, mebibytes, run_limit

MOST = 100  # running jobs at each poll: bjobs -l prints some 2 kB for each
_CLOCK = "%Y %b %d %H:%M:%S"
_WRAP = re.compile(r"\n {21}")
_JOB = re.compile(
    r"^Job <([^>]+)>(?:, Job Name <(.*?)>)?, User <(.*?)(?=^Job <[^>]+>, |\Z)", re.MULTILINE | re.DOTALL
)
_BEGAN = re.compile(
    r"^[A-Z][a-z]{2} ([A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d)(?: \d{4})?: \[?(?:\d+\]? )?[sS]tarted ", re.MULTILINE
)
_HOSTS = re.compile(
    r"[sS]tarted (?:\d+ Task\(s\) )?on (?:\d+ )?(?:Hosts?/Processors?|Host\(s\))? *((?:<[^>]+> *)+)"
)
_LIMIT = r"^ *{} *\n *(\S.*)$"


class Run(Struct, frozen=True):
    """A job's limits, in seconds and MiB, and the seconds that it has run; None if there is none or it is not known.

    `hosts` are all that it runs on, as `3*node01:2*node02`; the fields of the open-source line's bjobs have the first.
    """

    limit: int | None = None
    memory: int | None = None
    used: int | None = None
    hosts: str = ""

    @property
    def left(self) -> int | None:
        """Seconds until the limit."""
        return None if self.limit is None or self.used is None else max(0, self.limit - self.used)


NOTHING = Run()


def runs_script(user: str, mark: str) -> str:
    """Return shell text that prints `mark`, the cluster's clock and running jobs, unless they are too many.

    It asks about the jobs in `jupystra_new`, or where that is `all` about all running jobs.
    """
    return f"""case $jupystra_new in
  '') ;;
  all)
    jupystra_runs=$(printf '%s\n' "$jupystra_jobs" | grep -c '[" ^]RUN[" ^]')
    if [ "$jupystra_runs" -gt 0 ] && [ "$jupystra_runs" -le {MOST} ]; then
      printf '\036{mark} %s\n' "$jupystra_clock"
      jupystra_in_time bjobs -l -r -u {shlex.quote(user)} 2>/dev/null
    fi;;
  *)
    set -f
    # shellcheck disable=SC2086 # ids, one per line
    set -- $jupystra_new
    set +f
    if [ $# -le {MOST} ]; then
      printf '\036{mark} %s\n' "$jupystra_clock"
      jupystra_in_time bjobs -l "$@" 2>/dev/null
    fi;;
esac"""


def parse_runs(clock: str, printed: str) -> dict[str, Run]:
    """Parse the output of `runs_script` after the mark, the clock and the rest: runs by job key."""
    try:
        now = datetime.strptime(clock.strip(), _CLOCK)
    except ValueError:
        return {}
    printed = _WRAP.sub("", printed)
    return {key_of(job, name): _run(story, now) for job, name, story in _JOB.findall(printed)}


def _run(story: str, now: datetime) -> Run:
    limit, memory = (re.search(_LIMIT.format(name), story, re.MULTILINE) for name in ("RUNLIMIT", "MEMLIMIT"))
    began = _BEGAN.search(story)
    started = list(_HOSTS.finditer(story))
    return Run(
        run_limit(limit[1]) if limit else None,
        mebibytes(memory[1]) if memory else None,
        _since(began[1], now) if began else None,
        ":".join(re.findall(r"<([^>]+)>", started[-1][1])) if started else "",
    )


def seconds_since(start: str, clock: str) -> int | None:
    """Return the seconds from `11/22-17:41:28`, a start time in the list, to the cluster's clock; None for others."""
    try:
        return _since(start, datetime.strptime(clock.strip(), _CLOCK), "%Y %m/%d-%H:%M:%S")
    except ValueError:
        return None


def _since(began: str, now: datetime, form: str = _CLOCK) -> int | None:
    """Return the seconds since a time that is printed without its year."""
    try:
        at = datetime.strptime(f"{now.year} {began}", form)
    except ValueError:
        return None  # a leap day of another year
    if at > now + timedelta(days=1):
        at = at.replace(year=now.year - 1)
    return max(0, round((now - at).total_seconds()))
