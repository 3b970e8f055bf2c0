"""What the user sees when an error ends the dashboard: one that Textual raises while it composes or renders."""

import os
import platform
import time
import traceback
from importlib.metadata import version

from jupystra_tui import __version__, paths
from jupystra_tui.errors import JupystraError
from jupystra_tui.private_file import replace_private

FILE = "crash.log"
CONTINUES = "Your jobs and tunnels continue. Run jupystra-tui again to see them."
ENDED = "The practice cluster ends with the dashboard."
LINES = 60
"""How many lines of the traceback are printed if it cannot be saved."""


def crash_report(error: BaseException, *, temporary: bool) -> str:
    """Save the traceback, without the values of variables, and return what to print.

    `temporary`: the cluster, and the folder for the traceback, end with the dashboard; so it is printed.
    """
    trace = "".join(traceback.format_exception(error)).rstrip()
    lines = [f"jupystra-tui: Internal error ({type(error).__name__})", ENDED if temporary else CONTINUES]
    place = "" if temporary else _save(trace)
    if place:
        lines.append(f"Please report this bug with the file {place}")
    else:
        lines += ["Please report this bug with this traceback:", *trace.splitlines()[-LINES:]]
    return "\n".join(lines)


def _save(trace: str) -> str:
    """Write the file, readable only by the user, and return its path; empty if that fails."""
    versions = (
        f"jupystra-tui {__version__}, Textual {version('textual')}, Python {platform.python_version()}, "
        f"{platform.system()}, {os.environ.get('TERM', 'no TERM')}, {time.strftime('%Y-%m-%d %H:%M')}"
    )
    try:
        file = paths.state_folder() / FILE
        replace_private(file, f"{versions}\n\n{trace}\n".encode(errors="backslashreplace"))
    except (OSError, JupystraError):
        return ""
    return str(file)
