"""Killing jobs, and how they ended: bkill, and bhist, which alone tells a killed job from one that was done."""

import re
import shlex
from collections.abc import Iterable

from jupystra_tui.model import JobState
from jupystra_tui.schedulers.lsf.lsf_dialects import TIMEOUT
from jupystra_tui.schedulers.lsf.lsf_values import key_of
from jupystra_tui.schedulers.roles import Argv, Ending
from jupystra_tui.text import clean

_BLOCK = re.compile(
    r"^Job <(\d+(?:\[\d+\])?)>,?(.*?)(?=^Job <\d+(?:\[\d+\])?>,?|\Z)", re.MULTILINE | re.DOTALL
)
_JOB_NAME = re.compile(r" Job Name <(.*?)>, ", re.DOTALL)
_WRAP = re.compile(r"\n {21}")
_START = re.compile(r": (?:Dispatched |Starting \(Pid )")
_SUBMITTED = re.compile(r": Submitted from host")
_LOST = "unable to reach the execution host"
_EXITED = re.compile(r"Exited(?: with exit code (\d+)| by signal (\d+))?")
_ENDS = (
    (r"TERM_RUNLIMIT|TERM_CPULIMIT", JobState.TIMEOUT),
    (r"TERM_MEMLIMIT|TERM_SWAP", JobState.OUT_OF_MEMORY),
    (r"TERM_(?:OWNER|ADMIN|FORCE_OWNER|FORCE_ADMIN|EXTERNAL_SIGNAL|CHKPNT|PREEMPT|BUCKET_KILL)", JobState.CANCELLED),
    (r"Signal <(?:KILL|TERM|INT)> requested by|Termination request issued", JobState.CANCELLED),
    (r"Exited; job has been forced|kill ZOMBIE job", JobState.CANCELLED),
    (r"TERM_(?:LOAD|WINDOW|DEADLINE|PROCESSLIMIT|THREADLIMIT|CPULIMIT)", JobState.FAILED),
    (r"host failed|execution host .*(?:lost|unavail)|TERM_(?:RC_|UNKNOWN|ZOMBIE)", JobState.NODE_FAIL),
)  # fmt: skip
_RUN_LIMIT_SIGNAL = "140"  # 128 + SIGUSR2, with which LSF ends a job that reached its run limit


def finished_command(keys: Iterable[str]) -> Argv:
    """Return bhist for these jobs, from the events that LSF still has at hand."""
    return *TIMEOUT, "bhist", "-l", *keys


def finished_fallback_script(keys: Iterable[str]) -> str:
    """Return bhist for a few jobs, from all event files that the site keeps."""
    return shlex.join((*TIMEOUT, "bhist", "-n", "0", "-l", *keys)) + " 2>/dev/null"


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and words by job, for those that are over; jobs it does not know are absent."""
    ends: dict[str, Ending] = {}
    for job, story in _BLOCK.findall(_WRAP.sub("", text)):
        name = _JOB_NAME.search(story)
        end = _end(story)
        if end:
            ends[key_of(job, name[1] if name else "")] = end
    return ends


def _end(story: str) -> Ending | None:
    """Return how the last run of a job ended: it may have been requeued before, after a node failed."""
    start, limited = _last(_START, story), "RUNLIMIT" in story
    begun = start or _SUBMITTED.search(story)  # before that stands the command, which may say anything
    story = story[begun.start() :] if begun else story
    exited, done = _last(_EXITED, story), story.rfind("Done successfully")
    told = next((state for pattern, state in _ENDS if re.search(pattern, story)), None)
    if exited is None and done < 0:  # a node that is lost never tells the end of what was killed there
        return (told, "") if told is JobState.CANCELLED else None
    code = (exited[1] or "") if exited else ""
    if told is None and exited and not (code or exited[2]):
        told = JobState.CANCELLED if start is None else JobState.NODE_FAIL if _LOST in story else None
    if told is None and code == _RUN_LIMIT_SIGNAL and limited:
        told = JobState.TIMEOUT
    if told is None:
        told = JobState.FAILED if exited and exited.start() > done else JobState.DONE
    return told, clean(_term(story) or (f"exit code {code}" if code and told is JobState.FAILED else ""))


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(reversed(list(pattern.finditer(text)))), None)


def _term(story: str) -> str:
    match = re.search(r"TERM_\w+", story)
    return match[0] if match else ""
