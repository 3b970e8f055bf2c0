"""`bjobs -w` and `bjobs -p`: columns without separators, recognized by their contents."""

import re
from collections.abc import Iterator

_DATE = r"[A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d(?::\d\d)?(?:\s\d{4})?"
_ROW = re.compile(
    rf"(?P<jobid>\d+(?:\[\d+\])?)\s+(?P<user>\S+)\s+(?P<stat>[A-Z]{{3,5}})\s+(?P<queue>\S+)\s+(?P<from_host>\S+)\s+"
    rf"(?P<exec_host>\S+)(?:\s+(?P<job_name>.*?))?\s+(?P<submit_time>{_DATE})\s*"
)
_REASONED = re.compile(
    rf"(?P<jobid>\d+(?:\[\d+\])?)\s+\S+\s+[A-Z]{{3,5}}\s.*?(?P<element>\[\d+\])?\s+{_DATE}\s*"
)
Fields = dict[str, str]


def wide_rows(text: str) -> Iterator[tuple[Fields, str]]:
    """Return each line's fields by name; for a line that is not a row, no fields and the line itself."""
    for line in text.split("\n"):
        match = _ROW.fullmatch(line.rstrip("\r"))
        if match:
            yield {name: value or "" for name, value in match.groupdict().items()}, ""
        elif line.strip() and not line.startswith("JOBID"):
            yield {}, line


def parse_pending_reasons(text: str) -> dict[str, str]:
    """Return the pending reasons by job key, as `bjobs -p` prints them, with `; ` between them."""
    reasons_by_key: dict[str, list[str]] = {}
    key = ""
    for line in text.split("\n"):
        match = _REASONED.fullmatch(line.rstrip("\r"))
        if match:
            key = match["jobid"] if "[" in match["jobid"] else match["jobid"] + (match["element"] or "")
        elif key and line[:1].isspace() and line.strip():
            reasons_by_key.setdefault(key, []).append(line.strip().rstrip(";"))
    return {key: "; ".join(reasons) for key, reasons in reasons_by_key.items()}
