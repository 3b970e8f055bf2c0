"""Supplementary queries in the same round trip as the list: pending reasons, arrays, limits of running jobs."""

import re
import shlex

from msgspec import Struct

from jupystra_tui.schedulers.lsf.lsf_run_details import NOTHING, Run, parse_runs, runs_script
from jupystra_tui.schedulers.lsf.lsf_wide_listing import parse_pending_reasons

_SCRIPT = """printf '\\036{mark} %s\\n' "$jupystra_form"
case $jupystra_jobs in *PEND*|*PSUSP*) jupystra_in_time bjobs -p -w -u {user} 2>/dev/null;; esac
case $jupystra_form:$jupystra_jobs in rich-*) ;; *[0-9]']'*)
  printf '\\036{mark} arrays\\n'
  jupystra_in_time bjobs -A -w -u {user} 2>&1;; esac
"""
_ARRAY = re.compile(r"^(\d+)\s", re.MULTILINE | re.ASCII)
_HAS_ANSWER = re.compile(r"^JOBID|job found", re.MULTILINE)


class Supplement(Struct, frozen=True):
    """The dialect of the list, and reasons and runs by the key that a job's name suggests.

    `arrays` are the numbers of the arrays, None if they are not known.
    """

    form: str
    reasons: dict[str, str]
    runs: dict[str, Run]
    arrays: frozenset[str] | None = None

    def key(self, guess: str) -> str:
        """Return a job's key: what looks like an array's element may be a job with a name that ends in `[5]`."""
        number = guess.partition("[")[0]
        return guess if self.arrays is None or number in self.arrays else number

    def run(self, guess: str) -> Run:
        """Return the limits of a running job."""
        return self.runs.get(guess, NOTHING)


def supplement_script(user: str, mark: str) -> str:
    """Return shell text to run after `ask_script`; each part of its output begins with `mark`, a name, a line end."""
    return _SCRIPT.format(mark=mark, user=shlex.quote(user)) + runs_script(user, mark)


def parse_supplement(text: str, mark: str) -> Supplement:
    """Parse the output of `supplement_script` after its first mark."""
    first, *others = text.split(f"\x1e{mark} ")
    form, _, reasons = first.partition("\n")
    parts = dict(part.partition("\n")[::2] for part in others)
    arrays = parts.pop("arrays", "")
    runs = [parse_runs(clock, printed) for clock, printed in parts.items()]
    return Supplement(
        form.strip(),
        parse_pending_reasons(reasons),
        runs[0] if runs else {},
        frozenset(_ARRAY.findall(arrays)) if _HAS_ANSWER.search(arrays) else None,
    )
