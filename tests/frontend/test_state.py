"""The state that both front ends keep: replaced by each event, never changed in place."""

from jupystra_tui import protocol
from jupystra_tui.frontend.state import State
from jupystra_tui.model import (
    Cluster,
    Job,
    JobRequest,
    JobState,
    Launch,
    Prompt,
    PromptKind,
    Session,
    SessionPhase,
    Snapshot,
    Tunnel,
    TunnelState,
)

HPC = Session(Cluster("hpc", "login"), SessionPhase.UP)
JOB = Job("42", "42", "lab", JobState.RUNNING)
SNAPSHOT = Snapshot("hpc", 1.0, (JOB,))
TUNNEL = Tunnel("1", "hpc", "42", "lab", "c1", TunnelState.UP)
LAUNCH = Launch("a1", "hpc", JobRequest(), ())
PROMPT = Prompt("7", PromptKind.TEXT, "ada@login", "Password:")


def after(*events: protocol.Event, state: State | None = None) -> State:
    reached = state or State()
    for event in events:
        reached = reached.apply(event)
    return reached


def test_each_event_replaces_what_it_is_about() -> None:
    state = after(
        protocol.SessionChanged(HPC),
        protocol.SnapshotTaken(SNAPSHOT),
        protocol.TunnelsChanged((TUNNEL,)),
        protocol.LaunchChanged(LAUNCH),
        protocol.PromptAsked(PROMPT),
    )
    assert state.sessions == {"hpc": HPC}
    assert state.snapshots == {"hpc": SNAPSHOT}
    assert state.launches == {"a1": LAUNCH}
    assert state.prompts == {"7": PROMPT}
    assert state.job("hpc", "42") is state.snapshots["hpc"].jobs[0]
    assert state.tunnel("1") == state.tunnel_to("hpc", "42") == TUNNEL


def test_an_earlier_state_stays_as_it_was() -> None:
    before = after(protocol.SessionChanged(HPC))
    after(protocol.SessionClosed("hpc"), state=before)
    assert before.sessions == {"hpc": HPC}


def test_a_closed_session_takes_its_jobs_with_it_and_an_answered_prompt_goes() -> None:
    state = after(
        protocol.SessionChanged(HPC),
        protocol.SnapshotTaken(SNAPSHOT),
        protocol.PromptAsked(PROMPT),
        protocol.SessionClosed("hpc"),
        protocol.PromptGone("7"),
        protocol.PromptGone("8"),
    )
    assert (state.sessions, state.snapshots, state.prompts) == ({}, {}, {})
    assert state.job("hpc", "42") is None
    assert state.tunnel("9") is None


def full() -> State:
    told = (
        protocol.SessionChanged(HPC),
        protocol.SnapshotTaken(SNAPSHOT),
        protocol.TunnelsChanged((TUNNEL,)),
        protocol.LaunchChanged(LAUNCH),
        protocol.PromptAsked(PROMPT),
    )
    return after(*told).sync()


def test_when_the_worker_is_lost_old_data_stays_and_questions_go() -> None:
    assert full().synced
    lost = full().worker_lost()
    assert not lost.synced
    assert (lost.sessions, lost.snapshots) == ({"hpc": HPC}, {"hpc": SNAPSHOT})
    assert [tunnel.state for tunnel in lost.tunnels] == [TunnelState.RETRYING]
    assert (lost.prompts, lost.launches) == ({}, {})


def test_what_the_next_worker_does_not_tell_of_is_gone_once_it_has_told_everything() -> None:
    state = full().worker_lost().sync()
    assert state == State(synced=True)


def test_what_the_next_worker_tells_of_stays() -> None:
    state = after(protocol.SessionChanged(HPC), state=full().worker_lost()).sync()
    assert (state.sessions, state.snapshots, state.tunnels) == ({"hpc": HPC}, {"hpc": SNAPSHOT}, ())


def test_a_cluster_that_is_being_logged_in_to_keeps_its_old_queue() -> None:
    state = full().worker_lost().sync({"hpc"})
    assert (state.sessions, state.snapshots) == ({"hpc": HPC}, {"hpc": SNAPSHOT})
