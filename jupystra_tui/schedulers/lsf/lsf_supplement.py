"""Supplementary queries in the same round trip as the list: pending reasons, arrays, limits of running jobs."""

import re
import shlex

from msgspec import Struct, structs

from jupystra_tui.schedulers.lsf.lsf_memo import LsfMemo
from jupystra_tui.schedulers.lsf.lsf_run_details import NOTHING, Run, parse_runs, runs_script, seconds_since
from jupystra_tui.schedulers.lsf.lsf_values import first_host
from jupystra_tui.schedulers.lsf.lsf_wide_listing import parse_pending_reasons

_SCRIPT = r"""jupystra_clock=$(LC_ALL=C date '+%Y %b %d %H:%M:%S')
printf '\036@MARK %s %s\n' "$jupystra_form" "$jupystra_clock"
case $jupystra_jobs in *PEND*|*PSUSP*) jupystra_in_time bjobs -p -w -u @USER 2>/dev/null;; esac
case $jupystra_form in
  rich-*) jupystra_new='';;
  poor-json) jupystra_new=$(printf '%s\n' "$jupystra_jobs" | awk -v limits=' @LIMITS ' -v arrays=' @ARRAYS ' \
    -v single=' @SINGLE ' '
    /"JOBID":/ { id = $0; gsub(/[^0-9]/, "", id); state = "" }
    /"STAT":/ && /"RUN"/ { state = "RUN" }
    /"JOB_NAME":/ {
      key = id
      if (match($0, /\[[0-9]+\]"[ \t,]*$/)) {
        if (!index(arrays single, " " id " ")) print "array"
        if (!index(single, " " id " ")) key = id substr($0, RSTART, index(substr($0, RSTART), "]"))
      }
      if (state == "RUN" && !index(limits, " " id " ") && !asked[id]++) print key
    }');;
  *) case $jupystra_jobs in *[0-9]']'*) jupystra_new='array
all';; *) jupystra_new=all;; esac;;
esac
case $jupystra_new in *array*)
  printf '\036@MARK arrays\n'
  jupystra_in_time bjobs -A -w -u @USER 2>&1;; esac
jupystra_new=$(printf '%s\n' "$jupystra_new" | sed '/^array$/d;/^$/d')
"""
_PLACE = re.compile(r"@([A-Z]+)")
_ARRAY = re.compile(r"^(\d+)\s", re.MULTILINE | re.ASCII)
_NO_OPTION = re.compile(r"(?:illegal|invalid|unrecognized|unknown) option", re.IGNORECASE)
_HAS_ANSWER = re.compile(r"^JOBID|job found", re.MULTILINE)


class Supplement(Struct, frozen=True):
    """The dialect of the list, and reasons and runs by the key that a job's name suggests.

    `arrays` are the numbers of the arrays, None if they are not known; `lists_arrays` is whether that is because they
    were not asked for, and not because bjobs cannot list them. `clock` is the cluster's.
    """

    form: str
    reasons: dict[str, str]
    runs: dict[str, Run]
    arrays: frozenset[str] | None = None
    lists_arrays: bool = True
    clock: str = ""
    memo: LsfMemo | None = None

    def key(self, guess: str) -> str:
        """Return a job's key: what looks like an array's element may be a job with a name that ends in `[5]`."""
        number = guess.partition("[")[0]
        if self.memo and number in self.memo.single_jobs:
            return number
        if self.arrays is None or number in self.arrays or (self.memo and number in self.memo.arrays):
            return guess
        return number

    def run(self, guess: str, start: str, where: str) -> Run:
        """Return the details of a running job that began at `start`, a time in the list or an empty text.

        `where` are its hosts in the list, of which the open-source line prints the first one only.
        """
        run = self.runs.get(guess) or (self.memo and self.memo.run(guess)) or NOTHING
        if (
            self.memo
            and guess not in self.runs
            and "[" not in guess
            and first_host(run.hosts) != first_host(where)
        ):
            self.memo.forget_run(guess)
            run = structs.replace(run, hosts="")
        used = seconds_since(start, self.clock)
        return structs.replace(run, used=used) if used is not None else run

    def queue_limit(self, guess: str, queue: str) -> int | None:
        """Return the run limit of a job that has none of its own, in seconds; None if that is not certain."""
        asked = self.form.startswith("rich") or guess in self.runs or (self.memo and self.memo.run(guess))
        return self.memo.queue_limits.get(queue) if self.memo and asked else None


def supplement_script(user: str, mark: str, memo: LsfMemo | None) -> str:
    """Return shell text to run after `ask_script`; each part of its output begins with `mark`, a name, a line end.

    What `memo` has is not asked for again.
    """
    memo = memo or LsfMemo()
    texts = {
        "MARK": mark,
        "USER": shlex.quote(user),
        "LIMITS": " ".join(memo.with_limits),
        "ARRAYS": " ".join(memo.arrays),
        "SINGLE": " ".join(memo.single_jobs),
    }
    return _PLACE.sub(lambda place: texts[place[1]], _SCRIPT) + runs_script(user, mark)


def parse_supplement(text: str, mark: str, memo: LsfMemo | None = None) -> Supplement:
    """Parse the output of `supplement_script` after its first mark; `memo` learns from it."""
    first, *others = text.split(f"\x1e{mark} ")
    head, _, reasons = first.partition("\n")
    form, _, clock = head.strip().partition(" ")
    parts = dict(part.partition("\n")[::2] for part in others)
    arrays = parts.pop("arrays", "")
    runs = next((parse_runs(at, printed) for at, printed in parts.items()), {})
    found = frozenset(_ARRAY.findall(arrays)) if _HAS_ANSWER.search(arrays) else None
    if memo:
        memo.learn_runs(runs)
    lists = not _NO_OPTION.search(arrays)
    return Supplement(form, parse_pending_reasons(reasons), runs, found, lists, clock, memo)
