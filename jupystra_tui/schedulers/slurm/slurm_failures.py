"""What Slurm's error texts mean, and what to do about them."""

import re

from jupystra_tui.errors import SchedulerError
from jupystra_tui.text import clean, clean_lines

_AWAY = "Jobs that run go on running. Try again in a few minutes; the site may be working on it."
_TAKEN = "The job may have been taken all the same: look at the queue before you start it again."
_ELSEWHERE = (
    "Slurm's commands may need a login shell or a module there; or this cluster has another scheduler."
)
_OVERLOADED = "The scheduler is overloaded and did not answer in time"
_GENERAL = (
    (
        r"unable to contact slurm controller",
        "The scheduler does not answer: slurmctld is away",
        _AWAY,
    ),
    (
        r"socket timed out on send/recv",
        _OVERLOADED,
        "Wait a little; the site asks everybody to poll less when this happens.",
    ),
    (
        r"protocol authentication error|munge|zero bytes were transmitted or received|unexpected message received",
        "The scheduler does not accept who we are: its authentication (munge) fails on this login node",
        "Tell the site, or try another login node.",
    ),
    (
        r"(unable to|could not) establish a? ?configuration source|(open|stat|read|process).*slurm\.conf",
        "Slurm is not set up on this host",
        "Is this a login node of the cluster? Some hosts of a site have the commands, but no scheduler.",
    ),
    (
        r"disk quota exceeded|no space left|read-only file system",
        "Your home folder on the cluster cannot be written to",
        "It may be full: make room there, and start again.",
    ),
)  # fmt: skip
_REFUSALS = (
    (r"violates|submit limit", "A limit of the site stands against it: ask for less, or wait for other jobs."),
    (r"partition name", "Choose one of the cluster's partitions."),
    (r"account", "Choose an account of yours that may use this partition."),
    (r"qos", "Choose a QOS that your account has, or leave it empty."),
    (r"constraint|feature", "No node has that feature; leave the constraint empty or ask the site for its names."),
    (r"memory specification|--mem", "Ask for less memory, or for a partition with larger nodes."),
    (r"node configuration is not available", "No node of that partition has all this: ask for less."),
    (r"time limit|--time", "Ask for less time, or choose a partition that allows more."),
    (r"unrecognized option|invalid option|invalid --", "Mend or remove that option."),
)  # fmt: skip
_PREFIX = re.compile(r"^(?:\w+: )?(?:(?:fatal|error): )+|^(?:s\w+): (?=unrecognized|invalid)", re.IGNORECASE)
_FAILED = re.compile(
    r"^(?:batch job submission failed|kill job error on job id \S+|slurm_\w+(?: error)?): ", re.IGNORECASE
)


def explain_failure(rc: int, stderr: str, command: str) -> SchedulerError:
    """Return a failed command's error in plain words; the scheduler's own are in title and detail."""
    detail = clean_lines(stderr).strip()
    if rc == 127:
        return SchedulerError(f"{command} was not found on the login node", _ELSEWHERE, detail)
    for pattern, title, hint in _GENERAL:
        if re.search(pattern, stderr, re.IGNORECASE):
            maybe_taken = command == "sbatch" and title == _OVERLOADED
            return SchedulerError(title, _TAKEN if maybe_taken else hint, detail)
    words = own_words(stderr) or f"code {rc}, and no word of why"
    return SchedulerError(_title(words, command), _hint(stderr, command), detail)


def own_words(stderr: str) -> str:
    """Return the scheduler's reason in its own words, the most telling first; prefixes and usage hints are cut."""
    lines = [line.strip() for line in clean_lines(stderr).split("\n") if line.strip()]
    said = [_PREFIX.sub("", line) for line in lines if _PREFIX.match(line)] or lines
    said.sort(key=lambda line: not _FAILED.match(line))
    reasons = dict.fromkeys(_FAILED.sub("", line) for line in said)
    return clean("; ".join(reason for reason in reasons if reason.lower() != "unspecified error"), 300)


def _title(words: str, command: str) -> str:
    return {
        "sbatch": f"Slurm refused the job: {words}",
        "scancel": f"Slurm would not kill it: {words}",
    }.get(command, f"{command} failed: {words}")


def _hint(stderr: str, command: str) -> str:
    if re.search(r"access/permission denied", stderr, re.IGNORECASE):
        return "Only the owner of a job, or an administrator, can do this."
    if command == "sbatch":
        return next(
            (hint for pattern, hint in _REFUSALS if re.search(pattern, stderr, re.IGNORECASE)),
            "Change the request.",
        )
    return "Its own words are below; try again, or ask the site."
