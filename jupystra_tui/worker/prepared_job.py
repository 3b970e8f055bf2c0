"""A job ready to be submitted: the preview shows it, and the launch submits exactly that."""

from msgspec import Struct

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.folder import LOG, absolute_folder, new_tag
from jupystra_tui.apps.script import JobVariables, batch_script
from jupystra_tui.model import JobRequest
from jupystra_tui.worker.site_discovery import Site

KEPT = 64


class PreparedJob(Struct, frozen=True):
    """One submission: its tag, the path of the job's output (a pattern of the scheduler), and the batch script."""

    tag: str
    log: str
    script: str


class Previews:
    """What was shown and may be sent; the latest KEPT are remembered."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[str, JobRequest, PreparedJob]] = {}

    def show(self, cluster: str, site: Site, request: JobRequest, output: str = "") -> PreparedJob:
        """Return what would be sent, and remember it by its tag; raises ConfigError."""
        prepared = prepare(site, request, new_tag(), output)
        self._shown[prepared.tag] = (cluster, request, prepared)
        for tag in list(self._shown)[:-KEPT]:
            del self._shown[tag]
        return prepared

    def take(self, cluster: str, request: JobRequest, tag: str) -> PreparedJob | None:
        """Return what was shown under that tag for this request, once."""
        shown_for, shown, prepared = self._shown.pop(tag, ("", None, None))
        return prepared if (shown_for, shown) == (cluster, request) else None


def prepare(site: Site, request: JobRequest, tag: str, output: str = "") -> PreparedJob:
    """Return what would be sent for `request`; raises ConfigError for an unknown app or unusable text.

    `output` is the path of the job's output as a pattern of the scheduler, empty for the one in the job's folder.
    """
    folder = absolute_folder(site.home, tag)
    log = output or site.scheduler.output.literal(f"{folder}/{LOG}")
    header = site.scheduler.submission.script_header(request, log, tag)
    variables = JobVariables(site.scheduler.node_variables, site.scheduler.job_variables)
    app = registry().app(request.server)
    script = batch_script(header, request, app, variables, folder, own_log=not output)
    return PreparedJob(tag, log, script)
