"""What follows from a change of the worker's state: computed from the states and the event, and nothing done yet."""

import pytest
from msgspec.structs import replace

from jupystra_tui import protocol
from jupystra_tui.frontend import effects
from jupystra_tui.frontend.effects import react, started, synced, worker_lost
from jupystra_tui.frontend.own import OwnRequests
from jupystra_tui.frontend.state import State
from jupystra_tui.model import (
    Cluster,
    Job,
    JobRequest,
    JobState,
    Launch,
    Problem,
    Prompt,
    PromptKind,
    Session,
    SessionPhase,
    Snapshot,
    Step,
    StepName,
    StepState,
    Tunnel,
    TunnelState,
)

CLUSTER = Cluster("hpc", "login")
UP = protocol.SessionChanged(Session(CLUSTER, SessionPhase.UP))
SUBMITTED = Launch("a1", "hpc", JobRequest(), (Step(StepName.WAIT, StepState.NOW),), job="42")
READY = replace(SUBMITTED, steps=(Step(StepName.ANSWER, StepState.DONE),), tunnel="t1")
FAILED = replace(SUBMITTED, problem=Problem("jupyter was not found on c1"))
PROMPT = Prompt("7", PromptKind.TEXT, "ada@login", "Password:")
TUNNEL = Tunnel("t1", "hpc", "42", "lab", "c1", TunnelState.UP)


class FrontEndAtWork:
    """A front end without a screen: the state, what it has requested, and the effects of all events."""

    def __init__(self, own: OwnRequests | None = None, shown: str = "hpc") -> None:
        self.state = State()
        self.own = own or OwnRequests()
        self.shown = shown
        self.effects: list[effects.Effect] = []

    def take(self, *events: protocol.Event) -> list[effects.Effect]:
        """Apply events, and return the effects of these."""
        before = len(self.effects)
        for event in events:
            state, self.state = self.state, self.state.apply(event)
            self.carry(react(self.own, self.shown, state, event, self.state))
        return self.effects[before:]

    def carry(self, reaction: effects.Reaction) -> tuple[effects.Effect, ...]:
        """Take a reaction, and return its effects."""
        self.own = reaction.own
        self.effects += reaction.effects
        return reaction.effects

    def launch(self, launch: str = "a1") -> tuple[effects.Effect, ...]:
        """Start a launch from here."""
        return self.carry(started(self.own, launch, self.state))

    def poll(self, taken: float, state: JobState = JobState.PENDING) -> list[effects.Effect]:
        """Take a poll in which the job is in that state."""
        return self.take(protocol.SnapshotTaken(Snapshot("hpc", taken, (Job("42", "42", "lab", state),))))


def changed(launch: Launch) -> protocol.LaunchChanged:
    return protocol.LaunchChanged(launch)


def test_an_own_launch_selects_its_job_and_opens_the_browser_once() -> None:
    front_end = FrontEndAtWork()
    assert front_end.launch() == ()
    assert front_end.take(changed(replace(SUBMITTED, job=""))) == []
    assert front_end.take(changed(SUBMITTED)) == [effects.SelectJob("42")]
    assert front_end.take(changed(READY)) == [effects.OpenBrowser("t1")]
    assert front_end.take(changed(READY)) == []


def test_an_own_launch_that_fails_is_shown_once() -> None:
    front_end = FrontEndAtWork()
    front_end.launch()
    front_end.take(changed(SUBMITTED))
    assert front_end.take(changed(FAILED), changed(FAILED)) == [effects.ShowLaunchProblem(FAILED.problem)]  # type: ignore[arg-type]


def test_a_launch_of_another_front_end_has_no_effects() -> None:
    front_end = FrontEndAtWork()
    front_end.launch("b2")
    assert front_end.take(changed(SUBMITTED), changed(READY)) == []


def test_a_launch_that_was_reported_before_its_request_was_answered_is_not_missed() -> None:
    front_end = FrontEndAtWork()
    assert front_end.take(changed(SUBMITTED), changed(READY)) == []
    assert front_end.launch() == (effects.SelectJob("42"), effects.OpenBrowser("t1"))
    assert front_end.own.launches == {}


def test_a_launch_that_is_left_has_no_effects() -> None:
    front_end = FrontEndAtWork()
    front_end.launch()
    front_end.own = front_end.own.drop("a1")
    assert front_end.take(changed(SUBMITTED), changed(READY)) == []


def test_after_so_many_polls_the_user_is_asked_once_and_again_after_as_many() -> None:
    front_end = FrontEndAtWork(OwnRequests(limit=2))
    front_end.launch()
    front_end.take(changed(SUBMITTED))
    assert front_end.poll(1.0) == []
    assert front_end.poll(1.0) == []
    assert front_end.poll(2.0) == [effects.AskAboutPending(SUBMITTED, 2)]
    assert front_end.poll(3.0) == [], "it is being asked"
    front_end.own = front_end.own.answer()
    assert front_end.poll(4.0) == []
    assert front_end.poll(5.0) == [effects.AskAboutPending(SUBMITTED, 5)]


def test_polls_of_another_cluster_and_of_a_running_job_do_not_count() -> None:
    front_end = FrontEndAtWork(OwnRequests(limit=1))
    front_end.launch()
    front_end.poll(1.0)
    front_end.take(changed(SUBMITTED))
    assert front_end.take(protocol.SnapshotTaken(Snapshot("other", 2.0))) == []
    assert front_end.poll(3.0, JobState.RUNNING) == []
    assert front_end.poll(4.0) == [effects.AskAboutPending(SUBMITTED, 1)]


def test_without_a_limit_the_user_is_never_asked() -> None:
    front_end = FrontEndAtWork()
    front_end.launch()
    front_end.take(changed(SUBMITTED))
    assert [front_end.poll(float(taken)) for taken in range(1, 50)] == [[]] * 49


def test_a_kill_is_remembered_until_the_queue_shows_its_end() -> None:
    front_end = FrontEndAtWork(OwnRequests().kill(("hpc", "42")).kill(("other", "42")))
    front_end.poll(1.0, JobState.RUNNING)
    assert front_end.own.killed == {("hpc", "42"), ("other", "42")}
    front_end.poll(2.0, JobState.CANCELLED)
    assert front_end.own.killed == {("other", "42")}
    assert front_end.own.forget_kill(("other", "42")).killed == frozenset()


@pytest.mark.parametrize("event", [protocol.PromptAsked(PROMPT), protocol.PromptGone("7")])
def test_a_prompt_that_came_or_went_updates_the_dialogs(event: protocol.Event) -> None:
    assert FrontEndAtWork().take(event) == [effects.UpdatePrompts()]


def test_the_first_session_is_shown_and_one_that_closed_is_not() -> None:
    assert FrontEndAtWork(shown="").take(UP) == [effects.ShowCluster(CLUSTER)]
    assert FrontEndAtWork(shown="other").take(UP) == []
    down = protocol.SessionChanged(Session(CLUSTER, SessionPhase.DOWN))
    assert FrontEndAtWork(shown="").take(down) == []
    assert FrontEndAtWork().take(UP, protocol.SessionClosed("hpc")) == [effects.ShowCluster(None)]
    assert FrontEndAtWork(shown="other").take(protocol.SessionClosed("hpc")) == []


def test_a_new_worker_that_opens_the_tunnels_again_is_mentioned_once() -> None:
    front_end = FrontEndAtWork(OwnRequests().kill(("hpc", "42")))
    front_end.take(UP, protocol.TunnelsChanged((TUNNEL,)))
    assert front_end.carry(worker_lost(front_end.own, front_end.state)) == (effects.UpdatePrompts(),)
    assert front_end.own.killed == frozenset()
    front_end.state = front_end.state.worker_lost()
    front_end.take(protocol.TunnelsChanged((TUNNEL,)))
    front_end.state = front_end.state.sync({"hpc"})
    assert front_end.carry(synced(front_end.own, "hpc", front_end.state)) == (effects.NotifyReopened(1),)
    assert front_end.carry(synced(front_end.own, "hpc", front_end.state)) == ()


def test_without_a_session_the_login_opens() -> None:
    front_end = FrontEndAtWork(shown="")
    assert front_end.carry(synced(front_end.own, "", front_end.state)) == (effects.OpenLogin(),)
