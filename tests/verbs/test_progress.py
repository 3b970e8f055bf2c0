"""How a login and a launch go, told on standard error: each step once, and only what is asked for."""

import pytest
from msgspec.structs import replace

from jupystra_tui.model import Cluster, JobRequest, Launch, Session, SessionPhase, Step, StepName, StepState
from jupystra_tui.verbs.progress import Progress

SESSION = Session(Cluster("hpc", "hpc"), SessionPhase.CONNECTING)
LAUNCH = Launch("l1", "hpc", JobRequest(), (Step(StepName.SUBMIT), Step(StepName.WAIT)))


def steps(*texts: str) -> Session:
    return replace(SESSION, steps=texts)


def launch(submit: str, wait: str = "") -> Launch:
    told = StepState.NOW if wait else StepState.TODO
    return replace(
        LAUNCH, steps=(Step(StepName.SUBMIT, StepState.DONE, submit), Step(StepName.WAIT, told, wait))
    )


def test_a_login_is_shown_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=False)
    progress.session(steps("calling"))
    progress.login("hpc", ("calling",))
    progress.session(steps("calling", "host key known"))
    progress.session(steps("calling", "host key known"))
    progress.session(steps("calling anew"))
    assert capsys.readouterr().err == "hpc: host key known\nhpc: calling anew\n"


def test_the_steps_of_an_own_launch_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=False)
    progress.launch(launch("job 41"))
    progress.follows.add("l1")
    for wait in ("", "others come first", "others come first", "a node is made ready"):
        progress.launch(launch("job 42", wait))
    assert capsys.readouterr().err.splitlines() == [
        "submit: job 42", "wait: others come first", "wait: a node is made ready",
    ]  # fmt: skip


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=True)
    progress.login("hpc", ())
    progress.session(steps("calling"))
    assert capsys.readouterr().err == ""


def test_nothing_is_written_into_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(quiet=False)
    progress.follows.add("l1")
    with progress.paused():
        progress.launch(launch("job 42", "others come first"))
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err.splitlines() == ["submit: job 42", "wait: others come first"]
