"""Names and ids that a cluster reports, accepted only in their plain form."""

import re

_HOST = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}", re.ASCII)
_JOB = re.compile(
    r"\d{1,18}"
    r"(?:_\d{1,10}|_\[[\d,:%-]+\]|\+\d{1,6}|\[\d{1,18}\])?"  # tasks of an array, and parts of a job
    r"(?:;[A-Za-z0-9][\w.-]{0,63})?",  # the cluster
    re.ASCII,
)
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


def host_name(text: str) -> str:
    """Return `text` if it is a plain host name (letters, digits, `.`, `_`, `-`; at most 253), else an empty string."""
    return text if _HOST.fullmatch(text) else ""


def job_id(text: str) -> str:
    """Return `text` if it can be a job's id (`4711`, `45_[2]`, `15[2]`, `4711;cm2`), else an empty string."""
    return text if _JOB.fullmatch(text) else ""


def job_tag(text: str) -> str:
    """Return `text` if it can be the tag of a job's folder, else an empty string."""
    return text if _TAG.fullmatch(text) else ""
