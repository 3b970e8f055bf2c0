"""What LSF's error texts mean, and what to do about them; its exit codes mean nothing."""

import re
from itertools import takewhile

from jupystra_tui.errors import SchedulerError
from jupystra_tui.text import clean, clean_lines

_NOTHING = re.compile(
    r"no (?:\w+ )?jobs? (?:was |were )?found|(?:job <[^>]*> is|no matching job) (?:not )?found", re.IGNORECASE
)
_CHATTER = re.compile(
    r"(?:cannot connect to lsf|lsf is down).*wait|not responding \.\.\. still trying", re.IGNORECASE
)
_AWAY = "Jobs that run go on running. Try again in a few minutes; the site may be working on it."
_TAKEN = "LSF may still take the job later: look at the queue before you start it again, and kill one too many there."
_LATER = {"bsub": _TAKEN, "bkill": "LSF may still end it when it is back: look at the queue then."}
_GENERAL = (
    (
        r"lsb_init|lsf\.conf|lsf_envdir",
        "LSF is not set up in this shell",
        "Its settings may need a login shell or a module there.",
    ),
    (
        r"daemon not responding|not responding|still trying|connection refused|l(?:im|sf) is down|please wait|"
        r"(?:mbatchd|mbd) .*(?:down|not)|cannot connect|master .*(?:unknown|down)|communication time ?out|"
        r"(?:unable|failed) (?:to contact|in sending)|connection (?:is )?(?:timed out|reset)",
        "The scheduler does not answer: LSF's daemon is away or hangs",
        _AWAY,
    ),
    (
        r"disk quota exceeded|no space left|read-only file system",
        "Your home folder on the cluster cannot be written to",
        "It may be full: make room there, and start again.",
    ),
)
_REFUSALS = (
    (r"invalid option|illegal option", "Mend or remove that option; GPUs need IBM LSF 10.1."),
    (r"no such queue|cannot use the queue", "Choose one of the cluster's queues."),
    (r"runlimit", "Ask for less time, or choose a queue that allows more."),
    (r"too many processors|proclimit|tasklimit", "Ask for fewer cores, or choose another queue."),
    (r"mem ?limi?t|swaplimit", "Ask for less memory, or set the site's `memory_unit` if it counts otherwise."),
    (r"resource requirement", "Leave the constraint empty, or ask the site for the names of its resources."),
    (r"project", "Choose a project of yours as the account."),
    (r"service class|sla", "Leave QOS empty, or name a service class of the site."),
    (r"job name", "Give it another name."),
    (r"host name|bad host", "Name a host of the cluster, or leave it out."),
    (r"aborted by esub", "The site's own check refused it; its words are above."),
    (r"limit.*reached|reached .*limit|quota", "A limit of the site stands against it: wait for other jobs."),
)  # fmt: skip
_REFUSED = "It was not taken: change what LSF names, and start again."
_DEFINITE = re.compile(r"job not submitted|usage:", re.IGNORECASE)
_TIMED_OUT = 124  # of timeout(1)
_NOT_SUBMITTED = re.compile(r"\s*Job not submitted\.?", re.IGNORECASE)


def without_chatter(text: str) -> str:
    """Return an answer without the lines that told of a daemon awaited, if more than those lines came after all."""
    lines = text.split("\n")
    kept = [line for line in lines if not _CHATTER.search(line)]
    return "\n".join(kept) if any(map(str.strip, kept)) else text


def is_nothing_there(text: str) -> bool:
    """Say whether these words tell that there is no such job and of no failure, whatever the exit code."""
    return bool(_NOTHING.search(text)) and not any(
        re.search(pattern, text, re.I) for pattern, _, _ in _GENERAL
    )


def explain_failure(rc: int, stderr: str, command: str) -> SchedulerError:
    """Return a failed command's error in plain words; the scheduler's own are in title and detail."""
    if rc == _TIMED_OUT and not stderr.strip():
        stderr = "LSF's daemon is not responding"
    detail = clean_lines(stderr).strip()
    if rc == 127:
        return SchedulerError(
            f"{command} was not found on the login node",
            "LSF may need a login shell or a module there.",
            detail,
        )
    for pattern, title, hint in _GENERAL:
        if re.search(pattern, stderr, re.IGNORECASE):
            return SchedulerError(title, _LATER.get(command, hint) if hint == _AWAY else hint, detail)
    words = own_words(stderr) or f"code {rc}, and no word of why"
    if command == "bjobs" and is_nothing_there(stderr):
        return SchedulerError("LSF does not know this job any more", "It ended some time ago.", detail)
    if command == "bsub":
        hints = (hint for pattern, hint in _REFUSALS if re.search(pattern, words, re.IGNORECASE))
        otherwise = _REFUSED if _DEFINITE.search(stderr) else _TAKEN
        return SchedulerError(f"LSF refused the job: {words}", next(hints, otherwise), detail)
    if re.search(r"permission denied", stderr, re.IGNORECASE):
        return SchedulerError(
            f"LSF would not kill it: {words}", "Only its owner or an administrator can do this.", detail
        )
    title = f"LSF would not kill it: {words}" if command == "bkill" else f"{command} failed: {words}"
    return SchedulerError(title, "Its own words are below; try again, or ask the site.", detail)


def own_words(stderr: str) -> str:
    """Return the scheduler's reason in its own words on one line."""
    lines = (line.strip() for line in clean_lines(stderr).split("\n"))
    told = (
        _NOT_SUBMITTED.sub("", line) for line in takewhile(lambda line: not line.startswith("Usage:"), lines)
    )
    return clean("; ".join(dict.fromkeys(filter(None, told))), 300)
