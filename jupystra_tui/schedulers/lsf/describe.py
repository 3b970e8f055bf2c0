"""All that LSF knows of one job: `bjobs -l`; and its version."""

import re

from jupystra_tui.errors import SchedulerError
from jupystra_tui.schedulers.base import Argv
from jupystra_tui.text import clean

_VERSION = re.compile(r"\b(?:LSF|volclava|openlava)\b\D*?(\d+(?:\.\d+)*)", re.IGNORECASE)
_WRAP = re.compile(r"\n {21}")
_NEW_WORD = re.compile(r"(?<=\.)\n {21}|\n {21}(?=[A-Z]+: )")  # elsewhere a line is broken within words
_FIELD = re.compile(r"(?:^|, )(Job|[A-Z][A-Za-z ]*?) <(.*?)>(?=, [A-Z][A-Za-z ]*? <|;|,?\s*$)", re.DOTALL)
_EVENT = re.compile(
    r"^((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2}\s+\d+ [\d:]{5,8})(?: \d{4})?: *(.*)", re.DOTALL
)


def version_command() -> Argv:
    """Return bjobs' question for its version, which needs no daemon."""
    return "bjobs", "-V"


def parse_version(text: str) -> str:
    """Return `10.1.0.12` from `IBM Spectrum LSF Standard 10.1.0.12`; raises SchedulerError for anything else."""
    match = _VERSION.search(text)
    if not match:
        raise SchedulerError("bjobs did not tell LSF's version", "Is this LSF?", clean(text))
    return clean(match[1], 40)


def describe_command(key: str) -> Argv:
    """Return bjobs for one job, in full."""
    return "bjobs", "-l", key.partition("_[")[0]


def parse_describe(text: str) -> tuple[tuple[str, str], ...]:
    """Return the first job's fields, then its events and reasons in the order printed; raises SchedulerError."""
    begin = text.find("Job <")
    if begin < 0 or ("Status <" not in text and "User <" not in text):
        raise SchedulerError("LSF does not know this job any more", "It ended some time ago.", clean(text))
    story = _WRAP.sub("", _NEW_WORD.sub(" ", text[begin:])).split("\n----", 1)[0]
    head, *lines = story.splitlines()
    fields = [(name, clean(value)) for name, value in _FIELD.findall(head)]
    section = ""
    for line in lines:
        event = _EVENT.match(line)
        heading = re.fullmatch(r" ?([A-Z][A-Z /_]+):?\s*", line)
        if event:
            section = ""
            fields.append((clean(event[1]), clean(event[2].rstrip("; "))))
        elif heading:
            section = heading[1].strip().capitalize()
        elif section and line.strip() and section not in ("Scheduling parameters",):
            fields.append((section, clean(line.strip().rstrip(";"))))
    return tuple(field for field in fields if field[1] not in ("", "-"))
