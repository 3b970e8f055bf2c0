"""What is asked beside the list, in one round trip: why jobs wait, which are arrays, more of those that run."""

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
_TELLS = re.compile(r"^JOBID|job found", re.MULTILINE)


class Beside(Struct, frozen=True):
    """The form of the list, reasons and runs by what a job's name makes of its key, and the arrays; None is untold."""

    form: str
    reasons: dict[str, str]
    runs: dict[str, Run]
    arrays: frozenset[str] | None = None

    def key(self, guess: str) -> str:
        """Return a job's key: what looks like an array's element may be a job whose name ends in `[5]`."""
        number = guess.partition("[")[0]
        return guess if self.arrays is None or number in self.arrays else number

    def run(self, guess: str) -> Run:
        """Return what is known of a job that runs."""
        return self.runs.get(guess, NOTHING)


def beside_script(user: str, mark: str) -> str:
    """Return shell text for after `ask_script`; each of its parts begins with `mark`, its name and a line end."""
    return _SCRIPT.format(mark=mark, user=shlex.quote(user)) + runs_script(user, mark)


def parse_beside(text: str, mark: str) -> Beside:
    """Read what `beside_script` printed after its first mark."""
    first, *others = text.split(f"\x1e{mark} ")
    form, _, reasons = first.partition("\n")
    parts = dict(part.partition("\n")[::2] for part in others)
    arrays = parts.pop("arrays", "")
    runs = [parse_runs(clock, told) for clock, told in parts.items()]
    return Beside(
        form.strip(),
        parse_pending_reasons(reasons),
        runs[0] if runs else {},
        frozenset(_ARRAY.findall(arrays)) if _TELLS.search(arrays) else None,
    )
