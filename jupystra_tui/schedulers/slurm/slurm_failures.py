"""What Slurm's error messages mean, and what to do about them."""

import re

from jupystra_tui.errors import SchedulerError
from jupystra_tui.schedulers.known_failure import KnownFailure, known_error
from jupystra_tui.text import clean, clean_lines

_OTHER_SHELL = (
    "Slurm's commands may need a login shell or a module there; or this cluster has another scheduler."
)
_NOT_CONFIGURED = KnownFailure(
    r"(unable to|could not) establish a? ?configuration source|(open|stat|read|process).*slurm\.conf"
    r"|unable to process configuration file",
    "Slurm is not configured on this host",
    "Is this a login node of the cluster? Some hosts have the commands but no scheduler.",
)
_KNOWN = (
    KnownFailure(
        r"unable to contact slurm controller",
        "The scheduler does not answer: slurmctld is down",
        "Running jobs are not affected. Try again in a few minutes; the site may be working on it.",
    ),
    KnownFailure(
        r"socket timed out on send/recv",
        "The scheduler is overloaded and did not answer in time",
        "Wait a little; when this happens the site asks users to poll less often.",
        {"sbatch": "The job may have been accepted anyway: check the queue before you start it again."},
    ),
    KnownFailure(
        r"protocol authentication error|munge|zero bytes were transmitted or received|unexpected message received",
        "The scheduler rejects the authentication: munge fails on this login node",
        "Report it to the site, or try another login node.",
    ),
    _NOT_CONFIGURED,
    KnownFailure(
        r"disk quota exceeded|no space left|read-only file system",
        "Your home folder on the cluster cannot be written to",
        "It may be full: free some space, and start again.",
    ),
)
_REFUSALS = (
    (r"violates|submit limit", "It exceeds a limit of the site: request less, or wait for other jobs to end."),
    (r"partition name", "Choose one of the cluster's partitions."),
    (r"account", "Choose one of your accounts that may use this partition."),
    (r"qos", "Choose a QOS that your account has, or leave it empty."),
    (r"constraint|feature", "No node has that feature; leave the constraint empty or ask the site for its names."),
    (r"memory specification|--mem", "Request less memory, or a partition with larger nodes."),
    (r"node configuration is not available", "No node of that partition has all of this: request less."),
    (r"time limit|--time", "Request less time, or choose a partition that allows more."),
    (r"unrecognized option|invalid option|invalid --", "Fix or remove that option."),
)  # fmt: skip
_PREFIX = re.compile(
    r"^(?:\w+: )?(?:(?:fatal|error): )+(?:\d+: )?|^(?:s\w+): (?=unrecognized|invalid)", re.IGNORECASE
)
_FAILED = re.compile(
    r"^(?:batch job submission failed|kill job error on job id \S+|slurm_\w+(?: error)?): ", re.IGNORECASE
)
_BESIDE = re.compile(
    r"\w+Limit|.*(?:can not be satisfied|not allowed|invalid|illegal|requires?\b|unable|failed|limit|exceed).*",
    re.IGNORECASE,
)
"""What Slurm itself says beside the reason; other lines there are the notices of a site's submission plugin."""
_UNSPECIFIED = "unspecified error"


def explain_failure(rc: int, stderr: str, command: str) -> SchedulerError:
    """Return a failed command's error in plain words; the scheduler's own words are in title and detail."""
    detail = clean_lines(stderr).strip()
    if rc == 127:
        return SchedulerError(f"{command} was not found on the login node", _OTHER_SHELL, detail)
    known = known_error(_KNOWN, stderr, command, detail)
    if known:
        return known
    words = own_words(stderr) or f"code {rc}, and no message"
    return SchedulerError(_title(words, command), _hint(words, command), detail)


def require_configuration(said: str) -> None:
    """Raise SchedulerError where a command reports that Slurm's settings are not to be found."""
    error = known_error((_NOT_CONFIGURED,), said, "scontrol", clean_lines(said).strip())
    if error:
        raise error


def own_words(stderr: str) -> str:
    """Return the scheduler's reason in its own words, without prefixes, usage hints and a site's other notices.

    Where Slurm names no reason, what the site says is the reason.
    """
    lines = [line.strip() for line in clean_lines(stderr).split("\n") if line.strip()]
    said = [_PREFIX.sub("", line) for line in lines if _PREFIX.match(line)] or lines
    failed = [_FAILED.sub("", line) for line in said if _FAILED.match(line)]
    beside = [line for line in said if not _FAILED.match(line)]
    reasons = [reason for reason in failed if reason.lower() != _UNSPECIFIED]
    if reasons:
        beside = [line for line in beside if _BESIDE.fullmatch(line)]
    return clean("; ".join(dict.fromkeys([*reasons, *beside])), 300)


def _title(words: str, command: str) -> str:
    return {
        "sbatch": f"Slurm refused the job: {words}",
        "scancel": f"Slurm refused to kill it: {words}",
    }.get(command, f"{command} failed: {words}")


def _hint(words: str, command: str) -> str:
    if re.search(r"access/permission denied", words, re.IGNORECASE):
        return "Only the owner of a job, or an administrator, can do this."
    if command == "sbatch":
        return next(
            (hint for pattern, hint in _REFUSALS if re.search(pattern, words, re.IGNORECASE)),
            "Change the request.",
        )
    return "The scheduler's message is below; try again, or ask the site."
