"""LSF's words for states, hosts, times and sizes."""

import re

from jupystra_tui.model import JobState
from jupystra_tui.model.names import host_name, job_id

STATE_WORDS = {
    JobState.PENDING: "PEND PSUSP PROV WAIT",
    JobState.RUNNING: "RUN",
    JobState.SUSPENDED: "USUSP SSUSP",
    JobState.ENDING: "ZOMBI",
    JobState.DONE: "DONE",
    JobState.FAILED: "EXIT",
}
_BY_WORD = {word: state for state, words in STATE_WORDS.items() for word in words.split()}
_ELEMENT = re.compile(r".*\[(\d+)\]", re.DOTALL)
_JOB = re.compile(r"(\d{1,18})(?:\[(\d{1,18})\])?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,12}) second", re.ASCII)
_CLOCK = re.compile(r"(\d{1,9}):(\d{1,2})(?::(\d{1,2}))?(?![\d:])", re.ASCII)
_MINUTES = re.compile(r"(\d{1,9}(?:\.\d+)?)(?![\d:])", re.ASCII)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d+)?)\s*([KMGT])", re.ASCII)
_MEBIBYTES = {"K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 1024.0 * 1024}


def state_of(word: str) -> JobState:
    """Return the state for one of LSF's words, UNKNOWN for any other, also for a lost host (UNKWN)."""
    return _BY_WORD.get(word, JobState.UNKNOWN)


def key_of(job: str, name: str, index: str = "") -> str:
    """Return the id for bkill: `15`, or `15[2]` for an array's element, whose index may be only in its name.

    `index` is from LSF's own field, `0` for no array: a command that is used as the name may end like an element's.
    Empty for what is not a job id.
    """
    match = _JOB.fullmatch(job.strip())
    if not match:
        return ""
    element = match[2] or index.strip() or ((found := _ELEMENT.fullmatch(name)) and found[1])
    return job_id(f"{match[1]}[{element}]") if element and element != "0" else match[1]


def hosts(printed: str) -> list[str]:
    """Return the hosts of `2*node01:2*node02`, of `node01:node01` or of names between blanks, each once, in order.

    The `@cluster` of a host that another LSF cluster lends is not part of its name. Other texts are left out.
    """
    words = re.split(r"[:\s]+", printed.strip())
    names = (host_name(re.sub(r"^\d+\*|@.*", "", word)) for word in words)
    return list(dict.fromkeys(filter(None, names)))


def slots(printed: str) -> int | None:
    """Return the number of slots in a list of hosts, None if it is empty."""
    words = [word for word in re.split(r"[:\s]+", printed.strip()) if word not in ("", "-")]
    counts = (re.match(r"(\d{1,9})\*", word) for word in words)
    return sum(int(count[1]) if count else 1 for count in counts) or None


def first_host(nodelist: str) -> str:
    """Return the first host of a list, empty if there is none."""
    return next(iter(hosts(nodelist)), "")


def run_time(text: str) -> int | None:
    """Return seconds for `120 second(s)`, or `0:02:00` if the site prints times that way; None for anything else."""
    match = _SECONDS.match(text.strip())
    return int(match[1]) if match else _clock(text)


def time_left(text: str) -> int | None:
    """Return seconds for `11:58 L`, hours and minutes, with seconds if the site prints them; None for anything else."""
    return _clock(text)


def run_limit(text: str) -> int | None:
    """Return seconds for `720.0/node01`, `60.0 min` or `60`, which are minutes, or `12:00:00`; None for no limit."""
    match = _MINUTES.match(text.strip())
    return round(float(match[1]) * 60) if match else _clock(text)


def mebibytes(text: str) -> int | None:
    """Return MiB for `8 G`, `512M` or `24105M`, None for anything else."""
    match = _SIZE.match(text.strip())
    return round(float(match[1]) * _MEBIBYTES[match[2]]) if match else None


def _clock(text: str) -> int | None:
    match = _CLOCK.match(text.strip())
    return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0) if match else None
