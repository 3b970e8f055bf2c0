"""The forms of bjobs that a site supports, IBM's and the open-source line's; determined once for each login."""

import re
import shlex
from collections.abc import Sequence

from msgspec import Struct

MEMORY_UNITS = ("KB", "MB", "GB", "TB", "PB", "EB")
DELIMITER = "^"
# The name is last: it may contain anything. IBM 9.1 has all of the first; the open-source line only the second.
_RICH = ("jobid", "jobindex", "stat", "queue", "exec_host", "submit_time", "proj_name", "slots", "run_time",
         "time_left", "runtimelimit", "memlimit", "job_name")  # fmt: skip
_POOR = ("jobid", "stat", "queue", "exec_host", "submit_time", "proj_name", "start_time", "job_name")


class Dialect(Struct, frozen=True):
    """One form of bjobs; `fields` is empty for `bjobs -w`, which every LSF supports."""

    name: str
    form: str = "wide"
    fields: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """The options of bjobs for this form."""
        if self.form == "json":
            return "-o", " ".join(self.fields), "-json"
        if self.form == "delimited":
            return "-noheader", "-o", f"{' '.join(self.fields)} delimiter='{DELIMITER}'"
        return ("-w",)


WIDE = Dialect("wide")
OPEN_SOURCE = Dialect("poor-json", "json", _POOR)
DIALECTS = (
    Dialect("rich-json", "json", _RICH),
    OPEN_SOURCE,
    Dialect("rich-delimited", "delimited", _RICH),
    Dialect("poor-delimited", "delimited", _POOR),
    WIDE,
)
_BY_NAME = {dialect.name: dialect for dialect in DIALECTS}
LIMIT = 18  # seconds for a command whose daemon hangs: less than the connection's own limit
TIMEOUT = ("timeout", str(LIMIT))
IN_TIME = f"""jupystra_in_time() {{
  if command -v timeout >/dev/null; then timeout {LIMIT} "$@"; else "$@"; fi
  [ $? -ne 124 ] || echo "batch system daemon not responding: canceled after {LIMIT} s"
}}
"""
_ASK = r"""jupystra_ask() {
  jupystra_form=$1; shift
  jupystra_jobs=$(LC_ALL=C; export LC_ALL; jupystra_in_time "$@" 2>&1 | sed '/^LSF is processing your request/d')
  case $jupystra_form:$jupystra_jobs in
    *-json:*'"RECORDS"'*|*-delimited:*[0-9]'^'*) return 0;;
    *" job found"*|*" jobs found"*|*"Job <"*"> is not found"*|*aemon*|*"ait ..."*|*lsf.conf*) return 0;;
  esac
  return 1
}
"""
_SURVEY = r"""jupystra_version=$(bjobs -V 2>&1)
case $jupystra_version in *[Ll]ava*)
@OPEN
;;
*)
@ASK
;;
esac
printf '\036dialect %s\n' "$jupystra_form"
case $jupystra_jobs in
  *lsf.conf*) printf '\036unset\n';;
  *"not responding"*) jupystra_in_time() { false; };; # it hangs: no further queries
esac
jupystra_in_time bparams -a 2>/dev/null |
  sed -n 's/.*\(RESOURCE_RESERVE_PER_[A-Z]*\) *= *\([A-Za-z]\).*/\1 \2/p' |
  while read -r name value; do printf '\036%s %s\n' "$name" "$value"; done
case $jupystra_version in *olclava*) printf '\036default MB\n';; esac
jupystra_conf=${LSF_ENVDIR:-/etc}/lsf.conf
{ if [ -r "$jupystra_conf" ]; then cat "$jupystra_conf"; else jupystra_in_time badmin showconf mbd 2>/dev/null; fi; } |
  sed -n 's/^[[:space:]]*LSF_UNIT_FOR_LIMITS[[:space:]]*=[[:space:]]*"\{0,1\}\([A-Za-z]*\).*/\1/p' | tail -n 1 |
  while read -r unit; do printf '\036unit %s\n' "$unit"; done"""


def ask_script(first: Dialect, *options: str, numbers: Sequence[str] = ()) -> str:
    """Return shell text that runs bjobs in the form `first`, or else in the next form that it does not refuse.

    It sets `jupystra_jobs` to the answer, including error messages, and `jupystra_form` to the form. A form is judged
    by bjobs' output, never by its exit code: jobs in that form, that there are none, or an error that all forms would
    have. Without a job the open-source line accepts any field, and refuses it later: there the survey asks its version.
    """
    forms = DIALECTS[DIALECTS.index(first) :]
    asks = (
        f"jupystra_ask {form.name} {shlex.join(('bjobs', *options, *form.options, *numbers))}"
        for form in forms
    )
    return IN_TIME + _ASK + " ||\n  ".join(asks)


def survey_script() -> str:
    """Return shell text that finds the first form to use, and reads the unit of limits from lsf.conf."""
    survey = _SURVEY.replace("@OPEN", ask_script(OPEN_SOURCE)).replace("@ASK", ask_script(DIALECTS[0]))
    return f"(\n{survey}\n)"


def dialect_named(name: str) -> Dialect:
    """Return the form of that name, `bjobs -w` for an unknown name."""
    return _BY_NAME.get(name, WIDE)


def dialect_in(survey: str) -> Dialect:
    """Return the form that the survey found to work, `bjobs -w` if it found none."""
    match = re.search(r"\x1edialect ([\w-]+)", survey)
    return dialect_named(match[1] if match else "")


def unit_in(survey: str) -> str:
    """Return the unit of memory limits in lsf.conf, or if that cannot be read, the daemon's.

    The default is KB, as IBM documents, but MB on volclava (its `unitForLimits`, observed on a running one).
    """
    match = re.search(r"\x1eunit ([A-Za-z]+)", survey) or re.search(r"\x1edefault ([A-Z]+)", survey)
    unit = match[1].upper() if match else ""
    return unit if unit in MEMORY_UNITS else f"{unit}B" if f"{unit}B" in MEMORY_UNITS else "KB"


def is_set_up(survey: str) -> bool:
    """Return whether LSF's commands found their configuration."""
    return "\x1eunset" not in survey


def is_unit_set(survey: str) -> bool:
    """Return whether lsf.conf sets the unit; else `rusage` counts MB while limits count KB."""
    return "\x1eunit " in survey


def reserves_per_task(survey: str) -> bool:
    """Return whether `rusage` is multiplied by the tasks of a job (RESOURCE_RESERVE_PER_TASK or _SLOT)."""
    return bool(re.search(r"\x1eRESOURCE_RESERVE_PER_(?:TASK|SLOT) [Yy]", survey))
