"""A dashboard with the launch form open, or a launch under way, and what can be read there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import (
    Cluster,
    JobRequest,
    Launch,
    Problem,
    Step,
    StepName,
    StepState,
)
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.launch_form_screen import LaunchFormScreen
from jupystra_tui.ui.screens.launch_progress_screen import LaunchProgressScreen
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stories import O2, QUEUE, SESSION, TUNNEL

DEFAULTS = JobRequest(cores=4, setup=("module load gcc", "conda activate atlas"), folder="~/projects/atlas")
SCRIPT = """#!/bin/bash -l
#SBATCH --job-name=jupyter-lab
#SBATCH --partition=short
#SBATCH --time=12:00:00
#SBATCH --mem=8G
#SBATCH --cpus-per-task=4
umask 077
module load gcc
conda activate atlas
cd ~/projects/atlas || exit 1
exec jupyter lab --no-browser --ip=127.0.0.1 --port=0
"""
NAMES = tuple(StepName)


def launch_at(now: int, text: str = "", problem: Problem | None = None) -> Launch:
    """Return a launch at its step number `now`, each step before it having taken two seconds."""
    states = {True: StepState.DONE, False: StepState.TODO}
    steps = [
        Step(
            name, states[place < now], "", NOON - 20 + 2 * place, NOON - 18 + 2 * place if place < now else 0
        )
        if place <= now
        else Step(name)
        for place, name in enumerate(NAMES)
    ]
    if now < len(NAMES):
        failed = StepState.FAILED if problem else StepState.NOW
        steps[now] = replace(steps[now], state=failed, text=text)
    job, tunnel = ("4713" if now else ""), ("t9" if now == len(NAMES) else "")
    return Launch("L1", "o2", DEFAULTS, tuple(steps), job, tunnel, problem)


READY = launch_at(len(NAMES))
NEW_TUNNEL = replace(TUNNEL, id="t9", job="4713", local_port=8889)
NOT_FOUND = Problem(
    "jupyter was not found on c1",
    "Load a module or activate an environment that has it.",
    "\n".join(["module: loaded"] * 30 + ["line 13: exec: jupyter: not found [/abc]"]),
    field="setup",
)


@asynccontextmanager
async def form(
    worker: FakeWorker, defaults: JobRequest = DEFAULTS, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], LaunchFormScreen]]:
    """Press n in a dashboard that is logged in."""
    cluster = Cluster("o2", O2.host, "alice", defaults=defaults)
    worker.tell(protocol.SessionChanged(replace(SESSION, cluster=cluster)), protocol.SnapshotTaken(QUEUE))
    worker.tell(protocol.TunnelsChanged((TUNNEL,)))
    worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
    app = JupystraApp(Config())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.snapshot)
        await pilot.press("n")
        await until(
            pilot, lambda: isinstance(app.screen, LaunchFormScreen) and "#!" in said(app.screen, "#script")
        )
        screen = app.screen
        assert isinstance(screen, LaunchFormScreen)
        yield pilot, screen


@asynccontextmanager
async def launched(
    worker: FakeWorker, launch: Launch, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], LaunchProgressScreen]]:
    """Start with ^s, and let the worker tell of the launch."""
    async with form(worker, size=size) as (pilot, _):
        worker.expect(protocol.Start, protocol.Started("L1"))
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start)
        tell(worker, launch)
        screen = await progress_of(pilot)
        await until(pilot, lambda: launch.steps[0].name.value in said(screen, "StepRow Static"))
        await until(pilot, lambda: "submitting" not in seen(pilot))
        await pilot.pause()
        yield pilot, screen


async def progress_of(pilot: Pilot[Any]) -> LaunchProgressScreen:
    """Wait until the progress of the launch is shown, and return its screen."""
    await until(pilot, lambda: isinstance(pilot.app.screen, LaunchProgressScreen))
    screen = pilot.app.screen
    assert isinstance(screen, LaunchProgressScreen)
    return screen


def tell(worker: FakeWorker, launch: Launch) -> None:
    """Let the worker tell of a launch."""
    worker.tell(protocol.LaunchChanged(launch))


def said(screen: Any, selector: str) -> str:
    """Return what a part of the screen says; empty while it is not there."""
    return "\n".join(str(widget.render()) for widget in screen.query(selector))


def progress(screen: Any) -> str:
    """Return the steps and the end of the launch."""
    return said(screen, "StepRow Static") + said(screen, "#end")


def remark(screen: Any, field: str) -> str:
    """Return what is said beside a field."""
    return said(screen, f"#field-{field} .remark")


def write(screen: Any, field: str, text: str) -> None:
    """Replace what a field holds."""
    screen.query_one(f"#{field}", Input).value = text
