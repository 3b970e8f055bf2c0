"""What is said of a job that ended before its server was up: by how it ended, and by what its script had written."""

from jupystra_tui.apps.discovery import JobFolder
from jupystra_tui.errors import LaunchError
from jupystra_tui.model import Action, Job, JobState

_BY_ITSELF = {JobState.DONE, JobState.FAILED}


class JobOver(LaunchError):
    """A job ended before its server was up."""

    def __init__(self, job: Job) -> None:
        self.state = job.state
        self.how = f"{job.state.value} ({job.word})" if job.word else job.state.value
        super().__init__(
            f"The job ended before its server was up: {self.how}", "The end of its log may say why."
        )


def failure_in(folder: JobFolder) -> LaunchError | None:
    """Return the error that the job's script reported, if it did."""
    if not folder.failure:
        return None
    return LaunchError(folder.failure, "Change the request and start again.", action=Action.EDIT_REQUEST)


def explain_end(over: JobOver, folder: JobFolder, path: str) -> LaunchError:
    """Return why the job is over; `path` is its folder on the cluster, where its script writes as soon as it runs."""
    reported = failure_in(folder)
    if reported:
        return reported
    if folder.node and over.state is JobState.DONE:
        hint = "A set-up command may end or replace the shell (exit, exec). The end of the log may say more."
        return LaunchError(over.title, hint)
    if folder.node or over.state not in _BY_ITSELF:
        return over
    return LaunchError(
        f"The job ended before its script could write to its folder: {over.how}",
        f"The compute node may not have {path}, or cannot write there: your home folder may be full, read-only or not "
        "there. Or the site ends jobs before their script runs.",
    )
