"""What is sent to submit a job, as the preview shows it and the launch sends it."""

import posixpath

from msgspec import Struct

from jupystra_tui.jupyter.folder import LOG, absolute_folder
from jupystra_tui.jupyter.script import batch_script
from jupystra_tui.model import JobRequest
from jupystra_tui.worker.site import Site


class Sending(Struct, frozen=True):
    """One submission: its tag, the path of the job's output, and the batch script."""

    tag: str
    log: str
    script: str


def prepare(site: Site, request: JobRequest, tag: str) -> Sending:
    """Return what would be sent for `request`; raises ConfigError for text that no script can hold."""
    folder = absolute_folder(site.home, tag)
    log = _place(site.home, request.outfile) if request.outfile else f"{folder}/{LOG}"
    return Sending(
        tag, log, batch_script(site.scheduler.script_header(request, log, tag), request, folder, log)
    )


def _place(home: str, outfile: str) -> str:
    """Return an output file's path: relative ones, and those with `~`, begin at the home folder."""
    return posixpath.join(home, outfile.removeprefix("~/"))
