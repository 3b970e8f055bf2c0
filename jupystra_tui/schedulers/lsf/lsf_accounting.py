"""How jobs ended: bhist, the only command that distinguishes a killed job from one that is done."""

import re
import shlex
from collections.abc import Callable, Iterable
from typing import NamedTuple

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
_EXITED = re.compile(r"Exited(?: with exit code (\d+)| by signal (\d+))?")
_TERM = re.compile(r"TERM_\w+")
_STATED = (
    (r"TERM_RUNLIMIT|TERM_CPULIMIT", JobState.TIMEOUT),
    (r"TERM_MEMLIMIT|TERM_SWAP", JobState.OUT_OF_MEMORY),
    (r"TERM_(?:OWNER|ADMIN|FORCE_OWNER|FORCE_ADMIN|EXTERNAL_SIGNAL|CHKPNT|PREEMPT|BUCKET_KILL)", JobState.CANCELLED),
    (r"Signal <(?:KILL|TERM|INT)> requested by|Termination request issued", JobState.CANCELLED),
    (r"Exited; job has been forced|kill ZOMBIE job", JobState.CANCELLED),
    (r"TERM_(?:LOAD|WINDOW|DEADLINE|PROCESSLIMIT|THREADLIMIT|CPULIMIT)", JobState.FAILED),
    (r"host failed|execution host .*(?:lost|unavail)|TERM_(?:RC_|UNKNOWN|ZOMBIE)", JobState.NODE_FAIL),
)  # fmt: skip
"""What bhist says, and the state that it means; the first match counts."""


class _LastRun(NamedTuple):
    """The last run of a job in bhist's output; it may have been requeued before, after a node failed."""

    text: str
    started: bool
    limited: bool
    ended: bool
    exited: bool
    code: str
    signal: str

    @property
    def bare_exit(self) -> bool:
        """Whether it exited, without an exit code and without a signal."""
        return self.exited and not self.code and not self.signal


_UNSTATED: tuple[tuple[Callable[[_LastRun], bool], JobState], ...] = (
    (lambda run: run.bare_exit and not run.started, JobState.CANCELLED),
    (lambda run: run.bare_exit and "unable to reach the execution host" in run.text, JobState.NODE_FAIL),
    # 128 + SIGUSR2, the signal with which LSF ends a job at its run limit
    (lambda run: run.code == "140" and run.limited, JobState.TIMEOUT),
    (lambda run: run.exited, JobState.FAILED),
    (lambda run: True, JobState.DONE),
)
"""How a job ended if bhist states no reason; the first rule that holds counts."""


def finished_command(keys: Iterable[str]) -> Argv:
    """Return bhist for these jobs, from the current event file."""
    return *TIMEOUT, "bhist", "-l", *keys


def finished_fallback_script(keys: Iterable[str]) -> str:
    """Return bhist for a few jobs, from all event files of the site."""
    return shlex.join((*TIMEOUT, "bhist", "-n", "0", "-l", *keys)) + " 2>/dev/null"


def parse_finished(text: str) -> dict[str, Ending]:
    """Return state and word by job, for those that have ended; jobs that it does not know are absent."""
    ends: dict[str, Ending] = {}
    for job, story in _BLOCK.findall(_WRAP.sub("", text)):
        name = _JOB_NAME.search(story)
        end = _end(story)
        if end:
            ends[key_of(job, name[1] if name else "")] = end
    return ends


def _end(story: str) -> Ending | None:
    """Return how a job ended, None if it has not, or if only its node's failure is known: it may run again."""
    run = _last_run(story)
    stated = next((state for pattern, state in _STATED if re.search(pattern, run.text)), None)
    if not run.ended:
        return (stated, "") if stated is JobState.CANCELLED else None
    state = stated or next(state for holds, state in _UNSTATED if holds(run))
    term = _TERM.search(run.text)
    if term:
        return state, clean(term[0])
    return state, f"exit code {run.code}" if run.code and state is JobState.FAILED else ""


def _last_run(story: str) -> _LastRun:
    """Read from the last start, or from the submission: before that is the job's command, which may say anything."""
    started = _last(_START, story)
    begin = started or _SUBMITTED.search(story)
    text = story[begin.start() :] if begin else story
    exited, done = _last(_EXITED, text), text.rfind("Done successfully")
    return _LastRun(
        text=text,
        started=started is not None,
        limited="RUNLIMIT" in story,
        ended=exited is not None or done >= 0,
        exited=exited is not None and exited.start() > done,
        code=(exited[1] or "") if exited else "",
        signal=(exited[2] or "") if exited else "",
    )


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(reversed(list(pattern.finditer(text)))), None)
