"""What is said where a job's folder cannot be made or written on the cluster."""

import re

from jupystra_tui.errors import LaunchError
from jupystra_tui.text import clean, clean_lines

FULL_HOME = "Your home folder on the cluster is full"
_HOME = "Your home folder on the cluster"
_FULL = re.compile(r"no space left|quota exceeded", re.IGNORECASE)
_READ_ONLY = re.compile(r"read-only file system", re.IGNORECASE)


def unwritable(report: str, home: str, said: str) -> LaunchError:
    """Return the error; `report` is what `submit_script` reported, `said` what the commands printed."""
    kind, _, path = report.partition(" ")
    place = _HOME if path in (home, "") else f"{clean(path)} on the cluster"
    if _FULL.search(said):
        title, hint = FULL_HOME, "Make room there, and start again."
    elif kind == "no-folder" and place == _HOME:
        title, hint = f"{place} is not there", "Log in with ssh and check it, or ask the site."
    elif kind == "no-folder":
        title, hint = (
            f"{place} is no folder",
            "Jobs need it as a folder: rename what is there, and start again.",
        )
    elif _READ_ONLY.search(said):
        title, hint = (
            f"{place} is read-only",
            "The site may be working on it: try another login node, or later.",
        )
    else:
        title, hint = f"{place} cannot be written to", "Check its owner and its permissions with `ls -ld`."
    return LaunchError(title, f"{hint} Nothing was submitted.", clean_lines(said).strip())
