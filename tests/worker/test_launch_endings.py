"""What is said of a job that is over before its server was up."""

import pytest

from jupystra_tui.apps.discovery import JobFolder
from jupystra_tui.model import Action, Job, JobState
from jupystra_tui.worker.launch_endings import JobOver, explain_end

PATH = "~/.jupystra/jobs/t1"
BEFORE = "The job ended before its server was up: "
NOT_RUN = "The job ended before its script could write to its folder: "


@pytest.mark.parametrize(
    ("state", "node", "title", "hint"),
    [
        (JobState.DONE, "", f"{NOT_RUN}done (WORD)", PATH),
        (JobState.FAILED, "", f"{NOT_RUN}failed (WORD)", PATH),
        (JobState.CANCELLED, "", f"{BEFORE}cancelled (WORD)", "log"),
        (JobState.NODE_FAIL, "", f"{BEFORE}node failed (WORD)", "log"),
        (JobState.DONE, "n1", f"{BEFORE}done (WORD)", "set-up command"),
        (JobState.FAILED, "n1", f"{BEFORE}failed (WORD)", "log"),
    ],
)
def test_by_how_it_ended_and_whether_its_script_ran(
    state: JobState, node: str, title: str, hint: str
) -> None:
    error = explain_end(JobOver(Job("7", "7", "lab", state, word="WORD")), JobFolder("t1", "7", node), PATH)
    assert error.title == title
    assert hint in error.hint


def test_what_the_script_reported_comes_first() -> None:
    folder = JobFolder("t1", "7", "n1", "this set-up command failed on n1: false")
    error = explain_end(JobOver(Job("7", "7", "lab", JobState.FAILED)), folder, PATH)
    assert (error.title, error.action) == ("this set-up command failed on n1: false", Action.EDIT_REQUEST)
