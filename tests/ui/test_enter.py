"""`enter` does what the screen says, in every state; and every key that is shown does something."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from jupystra_tui import protocol
from jupystra_tui.frontend import browser
from jupystra_tui.frontend.client import Client
from jupystra_tui.model import (
    JobRequest,
    JobState,
    KillPart,
    Launch,
    Problem,
    SessionPhase,
    Step,
    StepName,
    StepState,
    Tunnel,
    TunnelState,
)
from jupystra_tui.text import Secret
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.login import LoginScreen
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard
from tests.ui.stories import DASK, LAB, QUEUE, SERVERS, SESSION, TUNNEL

NOTHING, LOG_IN, OPEN, CONNECT = "nothing", protocol.Login, protocol.GetUrl, protocol.Connect
STEPS = (Step(StepName.START, StepState.NOW),)
LAUNCH = Launch("L1", "o2", JobRequest(), STEPS, "4711")

JOBS: dict[str, tuple[JobState, Tunnel | None, Launch | None, Any]] = {
    "ready": (JobState.RUNNING, TUNNEL, None, OPEN),
    "found": (JobState.RUNNING, None, None, CONNECT),
    "suspended": (JobState.SUSPENDED, None, None, CONNECT),
    "tunnel down": (
        JobState.RUNNING,
        replace(TUNNEL, state=TunnelState.RETRYING, ready=False),
        None,
        CONNECT,
    ),
    "no answer": (JobState.RUNNING, replace(TUNNEL, ready=False), None, CONNECT),
    "tunnel opening": (
        JobState.RUNNING,
        replace(TUNNEL, state=TunnelState.CONNECTING, ready=False),
        None,
        NOTHING,
    ),
    "launching": (JobState.RUNNING, None, LAUNCH, NOTHING),
    "pending": (JobState.PENDING, None, None, NOTHING),
    "ending": (JobState.ENDING, None, None, NOTHING),
    "done": (JobState.DONE, None, None, NOTHING),
    "failed": (JobState.FAILED, None, None, NOTHING),
}
PHASES = {
    SessionPhase.UP: None,
    SessionPhase.DOWN: LOG_IN,
    SessionPhase.WAITING: LOG_IN,
    SessionPhase.LOST: NOTHING,
    SessionPhase.CONNECTING: NOTHING,
}


def cases() -> Iterator[Any]:
    """Yield each phase of the session with each state of the selected job, or no job, and what enter does."""
    for phase, of_phase in PHASES.items():
        for name, (state, tunnel, launch, of_job) in JOBS.items():
            effect = of_job if of_phase is None or of_job is OPEN else of_phase
            yield pytest.param(phase, (state, tunnel, launch), effect, id=f"{phase.value}-{name}")
        yield pytest.param(phase, None, of_phase or NOTHING, id=f"{phase.value}-no job")


@pytest.mark.parametrize(("phase", "job", "effect"), cases())
async def test_enter_on_the_jobs_screen(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, phase: SessionPhase, job: Any, effect: Any
) -> None:
    monkeypatch.setattr(browser, "_can_open", lambda: False)
    async with dashboard(worker) as (pilot, app):
        state, tunnel, launch = job or (JobState.RUNNING, None, None)
        jobs = (replace(LAB, state=state),) if job else ()
        worker.tell(protocol.TunnelsChanged((tunnel,) if tunnel else ()))
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=jobs, servers=SERVERS[:1])))
        if launch:
            worker.tell(protocol.LaunchChanged(launch))
        problem = Problem("o2 refused every key", "Add a key.") if phase is SessionPhase.DOWN else None
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=phase, problem=problem)))
        await until(
            pilot,
            lambda: app.session and app.session.phase is phase and app.snapshot and app.snapshot.jobs == jobs,
        )
        await pilot.pause()
        assert shown(pilot, "enter Connect") == (effect is not NOTHING)
        assert ("connect" in palette(app)) == (effect is not NOTHING)
        if effect is not NOTHING:
            worker.expect(effect, ANSWERS.get(effect))
        before = len(worker.asked)
        await pilot.press("enter")
        if effect is not NOTHING:
            await worker.was_asked(effect)
        await pilot.pause()
        assert len(worker.asked) - before == (effect is not NOTHING)
        assert seen(pilot).count("o2 refused every key") <= 2, (
            "the old problem is not shown in a dialog again"
        )


ANSWERS: dict[Any, Any] = {
    protocol.GetUrl: protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")),
    protocol.Connect: protocol.Connected("t1"),
}


def shown(pilot: Pilot[Any], text: str) -> bool:
    """Return whether the key line has it."""
    return text in seen(pilot).splitlines()[-1]


def palette(app: JupystraApp) -> set[str]:
    """Return the ids of the commands that the palette offers."""
    return {one.binding.id or "" for one in app.screen.active_bindings.values() if one.enabled}


async def test_after_not_connected_enter_logs_in_with_jobs_on_screen(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        down = replace(SESSION, phase=SessionPhase.DOWN, problem=Problem("o2 does not answer"))
        worker.tell(protocol.SessionChanged(down))
        await until(pilot, lambda: app.session == down)
        worker.expect(protocol.Login)
        await pilot.press("down", "enter")
        assert (await worker.was_asked(protocol.Login)).cluster == SESSION.cluster
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=SessionPhase.CONNECTING)))
        await until(pilot, lambda: not shown(pilot, "enter Connect"))


async def test_without_a_worker_enter_is_not_offered(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(worker) as (pilot, app):
        assert shown(pilot, "enter Connect")
        monkeypatch.setattr(Client, "connected", False)
        app.worker_status = "the worker ended"
        await until(pilot, lambda: not shown(pilot, "enter Connect"))


async def test_a_login_that_waits_for_a_person_begins_with_enter(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.ListHosts, protocol.Hosts(()))
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=SessionPhase.WAITING)))
        await pilot.press("3", "i")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and shown(pilot, "enter Log in"))
        worker.expect(protocol.Login)
        await pilot.press("enter")
        await worker.was_asked(protocol.Login)


STATES: dict[str, tuple[protocol.Event, ...]] = {
    "ready": (),
    "found": (protocol.TunnelsChanged(()),),
    "pending": (protocol.SnapshotTaken(replace(QUEUE, jobs=QUEUE.jobs[1:2])),),
    "ended": (protocol.SnapshotTaken(replace(QUEUE, jobs=QUEUE.jobs[3:])),),
    "no jobs": (protocol.SnapshotTaken(replace(QUEUE, jobs=(), servers=())),),
    "broken tunnel": (protocol.TunnelsChanged((replace(TUNNEL, state=TunnelState.RETRYING, ready=False),)),),
    "reconnecting": (protocol.SessionChanged(replace(SESSION, phase=SessionPhase.LOST)),),
    "needs you": (protocol.SessionChanged(replace(SESSION, phase=SessionPhase.WAITING)),),
    "not connected": (protocol.SessionChanged(replace(SESSION, phase=SessionPhase.DOWN)),),
    "logged out": (protocol.SessionClosed("o2"), protocol.TunnelsChanged(())),
}
ALL = {
    protocol.Login: None,
    protocol.Logout: None,
    protocol.Refresh: None,
    protocol.Disconnect: None,
    protocol.Cancel: None,
    protocol.Connect: protocol.Connected("t1"),
    protocol.Reconnect: protocol.Connected("t1"),
    protocol.GetUrl: ANSWERS[protocol.GetUrl],
    protocol.MakeScript: protocol.ScriptMade("/tmp/connect.sh"),
    protocol.ReadLog: protocol.LogRead("job.log", "hello"),
    protocol.ListHosts: protocol.Hosts(()),
    protocol.NodeKey: protocol.KeyPlan(False, ("make a key",)),
    protocol.Preview: protocol.Previewed("#!/bin/bash"),
    protocol.PlanKill: protocol.KillPlan((KillPart("4711", JobState.RUNNING),)),
}


PLACES = (
    *(("1", state) for state in STATES),
    *(("2", state) for state in ("ready", "broken tunnel", "logged out")),
    *(("3", state) for state in ("ready", "reconnecting", "needs you", "not connected", "logged out")),
)


@pytest.mark.parametrize(("mode", "state"), PLACES)
async def test_every_key_shown_does_something(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, mode: str, state: str
) -> None:
    monkeypatch.setattr(browser, "_can_open", lambda: False)
    for kind, answer in ALL.items():
        worker.expect(kind, answer, always=True)
    async with dashboard(worker, (80, 30)) as (pilot, app):
        worker.tell(*STATES[state])
        await until(pilot, lambda: settled(app, state))
        await pilot.press(mode)
        await pilot.pause()
        keys = [
            one.binding for one in app.screen.active_bindings.values() if one.binding.show and one.enabled
        ]
        assert keys
        for binding in sorted(keys, key=lambda one: one.action == "quit"):
            before = standing(app, worker)
            await pilot.press(binding.key)
            changed = partial(has_changed, app, worker, before)
            await until(pilot, changed, why=f"{binding.key} {binding.description} does nothing")
            await back_to(pilot, app, mode)


async def back_to(pilot: Pilot[Any], app: JupystraApp, mode: str) -> None:
    """Leave whatever opened."""
    await pilot.press("escape")
    while app.is_running and len(app.screen_stack) > 1:
        app.pop_screen()
        await pilot.pause()
    await until(pilot, lambda: not app.waits)


def settled(app: JupystraApp, state: str) -> bool:
    """Return whether the dashboard has taken in what the worker told."""
    for event in STATES[state]:
        match event:
            case protocol.SessionChanged(session) if app.session != session:
                return False
            case protocol.SessionClosed() if app.session is not None:
                return False
            case protocol.SnapshotTaken(snapshot) if app.snapshot != snapshot:
                return False
            case protocol.TunnelsChanged(tunnels) if app.tunnels != tunnels:
                return False
    return True


def has_changed(app: JupystraApp, worker: FakeWorker, before: tuple[object, ...]) -> bool:
    """Return whether a key has had an effect."""
    return standing(app, worker) != before or app._exit


def standing(app: JupystraApp, worker: FakeWorker) -> tuple[object, ...]:
    """Return what a key may change: the requests sent, the screen in front, the focus, the end of the dashboard."""
    screen = app.screen_stack[-1] if app.screen_stack else None
    return (len(worker.asked), screen, screen.focused if screen else None, app._exit)


def test_a_job_without_a_session_or_a_cluster_is_never_connected_to() -> None:
    from jupystra_tui.ui.enter import Enter, enter_does
    from jupystra_tui.ui.job_views import JobView

    assert enter_does(None, None) is Enter.NOTHING
    assert enter_does(None, JobView(DASK)) is Enter.NOTHING
    assert enter_does(None, JobView(LAB, tunnel=TUNNEL)) is Enter.NOTHING
    assert enter_does(SessionPhase.UP, JobView(DASK, connecting=True)) is Enter.NOTHING
    assert enter_does(SessionPhase.UP, JobView(DASK, killed=True)) is Enter.NOTHING
