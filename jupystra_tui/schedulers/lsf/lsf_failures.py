"""What LSF's error messages mean, and what to do about them; its exit codes have no meaning."""

import re
from itertools import takewhile

from jupystra_tui.errors import SchedulerError
from jupystra_tui.schedulers.known_failure import KnownFailure, known_error
from jupystra_tui.text import clean, clean_lines

_NOTHING = re.compile(
    r"no (?:\w+ )?jobs? (?:was |were )?found|(?:job <[^>]*> is|no matching job) (?:not )?found", re.IGNORECASE
)
_CHATTER = re.compile(
    r"(?:cannot connect to lsf|lsf is down).*wait|not responding \.\.\. still trying|lsf is processing your request"
    r"|threshold reached\. retrying",
    re.IGNORECASE,
)
_MAYBE_LATER = "LSF may still accept the job later: check the queue before you start it again."
_KNOWN = (
    KnownFailure(
        r"lsb_init|lsf\.conf|lsf_envdir",
        "LSF is not configured in this shell",
        "Its configuration may need a login shell or a module there.",
    ),
    KnownFailure(
        r"daemon not responding|not responding|still trying|connection refused|l(?:im|sf) is down|please wait|"
        r"(?:mbatchd|mbd) .*(?:down|not)|cannot connect|master .*(?:unknown|down)|communication time ?out|"
        r"(?:unable|failed) (?:to contact|in sending)|connection (?:is )?(?:timed out|reset)",
        "The scheduler does not answer: LSF's daemon is down or hangs",
        "Running jobs are not affected. Try again in a few minutes; the site may be working on it.",
        {"bsub": _MAYBE_LATER, "bkill": "LSF may still kill it when it is back: check the queue then."},
    ),
    KnownFailure(
        r"disk quota exceeded|no space left|read-only file system",
        "Your home folder on the cluster cannot be written to",
        "It may be full: free some space, and start again.",
    ),
)
_REFUSALS = (
    (r"aborted by esub|request aborted", "The site's own check refused it; its message is above."),
    (r"invalid option|illegal option", "Fix or remove that option; GPUs need IBM LSF 10.1."),
    (r"no such queue|cannot use the queue", "Choose one of the cluster's queues."),
    (r"queue\b.*\bclosed|closed.*\bqueue", "The site has closed this queue: choose another one, or wait."),
    (r"(?:pending|pend).*(?:limit|threshold)", "You have as many pending jobs as the site allows: wait, or kill some."),
    (r"job group", "Its job group has as many jobs as it allows, or does not exist: wait, or choose another."),
    (r"user ?group", "Your user group is at its limit, or you are not a member: wait, or choose another group."),
    (r"application", "Its application profile does not exist or is at its limit: choose another, or wait."),
    (r"runlimit", "Request less time, or choose a queue that allows more."),
    (r"too many processors|proclimit|tasklimit", "Request fewer cores, or choose another queue."),
    (r"mem ?limi?t|swaplimit", "Request less memory, or set the site's `memory_unit` if it uses another unit."),
    (r"resource requirement", "Leave the constraint empty, or ask the site for the names of its resources."),
    (r"project", "Choose one of your projects as the account."),
    (r"service class|sla", "Leave QOS empty, or name a service class of the site."),
    (r"job name", "Give it another name."),
    (r"host name|bad host", "Name a host of the cluster, or leave it out."),
    (r"limit.*reached|reached .*limit|quota", "It exceeds a limit of the site: wait for other jobs to end."),
)  # fmt: skip
_REFUSED = "It was not accepted: change what LSF names, and start again."
_DEFINITE = re.compile(r"job not submitted|request aborted|usage:", re.IGNORECASE)
_REFUSED_LINE = re.compile(r"job not submitted|request aborted", re.IGNORECASE)
_HUNG = re.compile(
    r"not responding|still trying|time ?out|connection (?:is )?(?:timed out|reset)|in sending", re.IGNORECASE
)
_TIMED_OUT = 124  # of timeout(1)
_NOT_SUBMITTED = re.compile(r"\s*Job not submitted\.?", re.IGNORECASE)


def without_chatter(text: str) -> str:
    """Return the output without lines about waiting for a daemon, if there are other lines."""
    lines = text.split("\n")
    kept = [line for line in lines if not _CHATTER.search(line)]
    return "\n".join(kept) if any(map(str.strip, kept)) else text


def is_nothing_there(text: str) -> bool:
    """Return whether the output says that there is no such job, and nothing of a failure."""
    return bool(_NOTHING.search(text)) and known_error(_KNOWN, text, "bjobs", "") is None


def explain_failure(rc: int, stderr: str, command: str) -> SchedulerError:
    """Return a failed command's error in plain words; the scheduler's own words are in title and detail."""
    if rc == _TIMED_OUT and not stderr.strip():
        stderr = "LSF's daemon is not responding"
    detail = clean_lines(stderr).strip()
    stderr = without_chatter(stderr)
    if rc == 127:
        return SchedulerError(
            f"{command} was not found on the login node",
            "LSF may need a login shell or a module there.",
            detail,
        )
    about = "\n".join(_refusal_lines(stderr)) if command == "bsub" else ""
    known = known_error(_KNOWN, about or stderr, command, detail)
    if known:
        return known
    words = own_words(stderr) or f"code {rc}, and no message"
    if command == "bjobs" and is_nothing_there(stderr):
        return SchedulerError("LSF no longer knows this job", "It ended some time ago.", detail)
    if command == "bsub":
        hints = (hint for pattern, hint in _REFUSALS if re.search(pattern, words, re.IGNORECASE))
        otherwise = _REFUSED if _DEFINITE.search(stderr) else _MAYBE_LATER
        return SchedulerError(f"LSF refused the job: {words}", next(hints, otherwise), detail)
    if re.search(r"permission denied", stderr, re.IGNORECASE):
        return SchedulerError(
            f"LSF refused to kill it: {words}", "Only its owner or an administrator can do this.", detail
        )
    title = f"LSF refused to kill it: {words}" if command == "bkill" else f"{command} failed: {words}"
    return SchedulerError(title, "The scheduler's message is below; try again, or ask the site.", detail)


def is_refused(stderr: str) -> bool:
    """Return whether bsub says that there is no job, whatever else stands there; a time limit is no refusal."""
    return any(not _HUNG.search(line) for line in _refusal_lines(stderr))


def is_hung(stderr: str) -> bool:
    """Return whether the daemon may still accept the job."""
    return bool(_HUNG.search(stderr))


def _refusal_lines(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if _REFUSED_LINE.search(line)]


def own_words(stderr: str) -> str:
    """Return the scheduler's reason in its own words on one line."""
    lines = (line.strip() for line in clean_lines(stderr).split("\n"))
    lines_with_text = (
        _NOT_SUBMITTED.sub("", line) for line in takewhile(lambda line: not line.startswith("Usage:"), lines)
    )
    return clean("; ".join(dict.fromkeys(filter(None, lines_with_text))), 300)
