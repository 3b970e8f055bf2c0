"""Stories of starting a server: form, script, launch."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.config import Config
from jupystra_tui.model import (
    Cluster,
    Job,
    JobRequest,
    JobState,
    Launch,
    Partition,
    Problem,
    ServerKind,
    Step,
    StepState,
)
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.confirm import ConfirmKill
from jupystra_tui.ui.screens.launch import LaunchScreen
from jupystra_tui.ui.screens.launch_controls import Commands, Picker
from jupystra_tui.ui.screens.log import LogScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from tests.ui.conftest import NOON, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import O2, PARTITIONS, QUEUE, SESSION, TUNNEL

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
NAMES = ("submit", "wait", "start", "tunnel", "answer")


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
) -> AsyncIterator[tuple[Pilot[Any], LaunchScreen]]:
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
            pilot, lambda: isinstance(app.screen, LaunchScreen) and "#!" in said(app.screen, "#script")
        )
        screen = app.screen
        assert isinstance(screen, LaunchScreen)
        yield pilot, screen


@asynccontextmanager
async def launched(
    worker: FakeWorker, launch: Launch, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[Any], LaunchScreen]]:
    """Start with ^s, and let the worker tell of the launch."""
    async with form(worker, size=size) as (pilot, screen):
        worker.expect(protocol.Start, protocol.Started("L1"))
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start)
        tell(worker, launch)
        await until(pilot, lambda: launch.steps[0].name in said(screen, "StepRow Static"))
        await pilot.pause()
        yield pilot, screen


def tell(worker: FakeWorker, launch: Launch) -> None:
    """Let the worker tell of a launch."""
    worker.tell(protocol.LaunchChanged(launch))


def said(screen: Any, selector: str) -> str:
    """Return what a part of the screen says; empty while it is not there."""
    return "\n".join(str(widget.render()) for widget in screen.query(selector))


def story(screen: LaunchScreen) -> str:
    """Return the steps and the end of the story."""
    return said(screen, "StepRow Static") + said(screen, "#end")


def remark(screen: LaunchScreen, field: str) -> str:
    """Return what is said beside a field."""
    return said(screen, f"#field-{field} .remark")


def write(screen: LaunchScreen, field: str, text: str) -> None:
    """Replace what a field holds."""
    screen.query_one(f"#{field}", Input).value = text


async def test_it_starts_with_what_the_configuration_says(worker: FakeWorker) -> None:
    async with form(worker) as (_, screen):
        asked = await worker.was_asked(protocol.Preview)
        assert asked == protocol.Preview("o2", replace(DEFAULTS, queue="short"))
        assert remark(screen, "queue") == "≤ 12 h · 9 of 24 nodes free"
        assert remark(screen, "memory") == "8 GB · nodes have 64 GB"


async def test_a_default_walltime_over_the_limit_is_cut_and_follows_the_queue(worker: FakeWorker) -> None:
    async with form(worker, replace(DEFAULTS, walltime=2 * 86400)) as (pilot, screen):
        assert screen.query_one("#walltime", Input).value == "12h"
        assert remark(screen, "walltime") == "12 h is the most short allows, not 2 d"
        screen.query_one("#queue", Picker).value = "long"
        await until(pilot, lambda: screen.query_one("#walltime", Input).value == "2d")
        assert remark(screen, "walltime") == "2 d"


async def test_a_walltime_that_was_typed_stays_when_the_queue_changes(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        write(screen, "walltime", "11h")
        await pilot.pause()
        screen.query_one("#queue", Picker).value = "gpu"
        await pilot.pause()
        assert screen.query_one("#walltime", Input).value == "11h"


async def test_the_queue_is_chosen_by_keys(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        await pilot.press("shift+tab", "enter", "down", "enter")
        await until(pilot, lambda: remark(screen, "queue") == "≤ 30 d · 0 of 12 nodes free")
        assert "long" in said(screen, "#queue #label")


async def test_new_partitions_keep_the_choice(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        screen.query_one("#queue", Picker).value = "gpu"
        await pilot.pause()
        fewer = tuple(replace(entry, idle_nodes=3) for entry in PARTITIONS[1:])
        worker.tell(protocol.SessionChanged(replace(SESSION, partitions=fewer)))
        await until(pilot, lambda: remark(screen, "queue") == "≤ 1 d · 3 of 4 nodes free")
        assert "gpu" in said(screen, "#queue #label")


async def test_the_script_follows_what_is_typed_and_the_latest_wins(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(
            protocol.Preview,
            lambda asked: protocol.Previewed(f"#SBATCH --mem={asked.request.memory}M\n"),
            always=True,
        )
        before = len(worker.asked)
        await pilot.press("down", "end", "backspace", "backspace", *"16G")
        await until(pilot, lambda: said(screen, "#script") == "#SBATCH --mem=16384M")
        assert len(worker.asked) - before < 5, "one question for each pause in typing, not for each key"


async def test_arrows_and_enter_walk_through_the_form(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        seen = []
        for key in ("down", "enter", "down", "down", "down", "down", "down", "down", "down"):
            await pilot.press(key)
            seen.append(screen.focused.id if screen.focused else "")
        assert seen == ["memory", "cores", "gpus", "server", "setup", "setup", "folder", "account", "more"]


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [("walltime", "13h", "over the limit of short: 12 h"), ("cores", "many", "1 or more")],
)
async def test_a_wrong_field_is_not_sent(worker: FakeWorker, field: str, text: str, expected: str) -> None:
    async with form(worker) as (pilot, screen):
        write(screen, field, text)
        await until(pilot, lambda: expected in remark(screen, field))
        await pilot.press("ctrl+t", "ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one(f"#{field}"))
    assert not any(isinstance(asked, protocol.Start) for asked in worker.asked)


async def test_what_the_worker_says_against_it_stands_beside_the_field(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        refusals = (
            Problem("no such account: kim", field="account"),
            Problem("this site takes no notebooks", "Ask."),
        )
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT, refusals), always=True)
        write(screen, "account", "kim")
        await until(pilot, lambda: remark(screen, "account") == "no such account: kim")
        assert "this site takes no notebooks" in said(screen, "#against")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#account"))
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
        write(screen, "account", "lee")
        await until(
            pilot, lambda: remark(screen, "account") == "" and not screen.query_one("#against").display
        )


async def test_a_mistake_in_a_folded_field_unfolds_it(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        assert not screen.query_one("#folded").display
        write(screen, "options", "--comment='open")
        await until(pilot, lambda: screen.query_one("#folded").display)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#options"))


async def test_the_fold_opens_by_key_and_by_mouse(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        folded = screen.query_one("#folded")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: folded.display)
        await pilot.click("#more")
        await until(pilot, lambda: not folded.display)


async def test_the_script_is_a_key_away_where_it_is_narrow(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        assert not screen.query_one("#pane").display
        await pilot.press("ctrl+t")
        await until(pilot, lambda: screen.focused is screen.query_one("#pane"))
        assert screen.query_one("#pane").display
        await pilot.press("ctrl+t")
        await until(pilot, lambda: screen.focused is screen.query_one("#walltime"))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: screen.focused is screen.query_one("#pane"))
        await pilot.press("escape")
        await until(pilot, lambda: screen.focused is screen.query_one("#walltime"))
        assert screen.query_one("#form").display
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_all_fields_reach_the_request(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, protocol.Started("L1"))
        texts = {
            "walltime": "90m", "memory": "1.5G", "cores": "2", "gpus": "a100:1", "folder": "~/x", "account": "kim",
            "qos": "high", "constraint": "skylake", "port": "40000", "local_port": "9999", "name": "atlas",
            "options": "--nice --comment='a b'",
        }  # fmt: skip
        for field, text in texts.items():
            write(screen, field, text)
        screen.query_one("#server", Picker).value = "notebook"
        screen.query_one("#setup", Commands).text = "module load R\n"
        await pilot.press("ctrl+s", "ctrl+s")
        asked = await worker.was_asked(protocol.Start)
        assert asked.request == JobRequest(
            name="atlas", queue="short", walltime=5400, memory=1536, cores=2, gpus="a100:1", account="kim", qos="high",
            constraint="skylake", server=ServerKind.NOTEBOOK, setup=("module load R",), folder="~/x", port=40000,
            local_port=9999, options=("--nice", "--comment=a b"),
        )  # fmt: skip
        await until(pilot, lambda: screen.query_one("#story").display)


async def test_the_story_of_a_launch(
    worker: FakeWorker, still_clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(JupystraApp, "open_browser", lambda self, tunnel: opened.append(tunnel))
    async with launched(worker, launch_at(0)) as (pilot, screen):
        tell(worker, launch_at(1, "Other jobs are before yours; it should start at 14:20."))
        await until(pilot, lambda: "Other jobs are before yours" in story(screen))
        still_clock(60)
        screen.tick()
        assert "0:01:18" in story(screen)
        worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
        tell(worker, READY)
        await until(pilot, lambda: "ready at http://127.0.0.1:8889/lab" in story(screen))
        tell(worker, READY)
        await pilot.pause()
        assert opened == ["t9"], "the browser opens once by itself"
        await pilot.press("o")
        assert opened == ["t9", "t9"]
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_a_launch_that_is_left_before_it_was_sent_is_sent(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, protocol.Started("L1"))
        asked = len([asked for asked in worker.asked if isinstance(asked, protocol.Preview)])
        answer = worker.hold(protocol.Preview)
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Preview, asked + 1)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)
        answer.set()
        await worker.was_asked(protocol.Start)
        tell(worker, launch_at(1))
        await until(pilot, lambda: pilot.app.launches)


async def test_a_refusal_of_no_field_is_said_where_the_script_is_hidden(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        refusal = Problem("this site takes no jobs today", "Come back tomorrow.")
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT, (refusal,)), always=True)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemDialog))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_escape_leaves_and_the_launch_goes_on(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(1)) as (pilot, screen):
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is not screen)
    assert not any(isinstance(asked, protocol.Cancel) for asked in worker.asked)


async def test_k_kills_after_a_question(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(1)) as (pilot, _):
        worker.expect(protocol.Cancel)
        await pilot.press("k")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmKill))
        await pilot.press("y")
        assert await worker.was_asked(protocol.Cancel) == protocol.Cancel("o2", ("4713",))


async def test_a_job_that_was_killed_after_it_was_ready_is_said_to_be_over(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JupystraApp, "open_browser", lambda self, tunnel: None)
    async with launched(worker, launch_at(4)) as (pilot, screen):
        tell(worker, READY)
        await until(pilot, lambda: "ready" in said(screen, "#end"))
        killed = Job("4713", "4713", "jupyter-lab", JobState.CANCELLED)
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, jobs=(killed,))))
        await until(pilot, lambda: "The job is over: cancelled" in said(screen, "#end"))
        assert not screen.check_action("kill", ())
        assert not screen.check_action("browser", ())


async def test_a_failure_shows_the_log_and_leads_back_to_the_form(worker: FakeWorker) -> None:
    async with launched(worker, launch_at(2, problem=NOT_FOUND)) as (pilot, screen):
        assert NOT_FOUND.title in story(screen)
        assert NOT_FOUND.hint in story(screen)
        log = screen.query_one("#log")
        await until(pilot, lambda: log.scroll_offset.y == log.max_scroll_y > 0)
        worker.expect(protocol.ReadLog, protocol.LogRead("job.log", "all of it"))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(pilot.app.screen, LogScreen))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("escape")
        await until(pilot, lambda: screen.query_one("#form").display)
        assert screen.query_one("#setup", Commands).text == "module load gcc\nconda activate atlas"
        assert remark(screen, "setup") == NOT_FOUND.title
        worker.expect(protocol.Start, protocol.Started("L2"))
        await pilot.press("ctrl+s")
        await worker.was_asked(protocol.Start, 2)


async def test_a_refused_start_stays_in_the_form(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        worker.expect(protocol.Start, Problem("o2 is not connected", "Log in again."))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.query_one("#form").display


async def test_a_worker_that_dies_is_no_endless_wait(worker: FakeWorker, revives: list[Path]) -> None:
    async with launched(worker, launch_at(2)) as (pilot, screen):
        worker.expect(protocol.Login, always=True)
        await worker.die()
        await until(pilot, lambda: "The worker ended" in story(screen))


async def test_a_cluster_that_tells_no_queues_leaves_the_choice_to_the_site(worker: FakeWorker) -> None:
    worker.tell(protocol.SessionChanged(replace(SESSION, partitions=())), protocol.SnapshotTaken(QUEUE))
    worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.snapshot)
        app.new_launch()
        assert (await worker.was_asked(protocol.Preview)).request.queue == ""
        await until(pilot, lambda: "default" in said(app.screen, "#queue #label"))
        worker.tell(protocol.SessionChanged(replace(SESSION, partitions=(Partition("[/x] 日本", True),))))
        await until(pilot, lambda: "[/x] 日本" in said(app.screen, "#queue #label"))
        assert (await worker.was_asked(protocol.Preview, 2)).request.queue == "[/x] 日本"


@SIZES
async def test_looks(worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with form(worker, replace(DEFAULTS, walltime=86400), size) as (pilot, _):
        assert await looks_as_before(pilot, snapshot)


@SIZES
async def test_looks_with_the_queues_open(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with form(worker, size=size) as (pilot, _):
        await pilot.press("shift+tab", "enter", "down")
        assert await looks_as_before(pilot, snapshot)


@SIZES
async def test_looks_with_mistakes(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with form(worker, size=size) as (pilot, screen):
        for field, text in {
            "walltime": "13h",
            "memory": "8 apples",
            "cores": "17",
            "gpus": "1",
            "port": "x",
        }.items():
            write(screen, field, text)
        await until(pilot, lambda: str(screen.query_one("#pane").border_subtitle) == "a field is wrong")
        assert await looks_as_before(pilot, snapshot)


@SIZES
@pytest.mark.parametrize(
    "launch",
    [
        launch_at(1, "It is next in line and waits until enough cores are free."),
        launch_at(2, problem=NOT_FOUND),
    ],
    ids=["waiting", "failed"],
)
async def test_story_looks(
    worker: FakeWorker, launch: Launch, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    words = launch.problem.title if launch.problem else "next in line"
    async with launched(worker, launch, size) as (pilot, screen):
        await until(pilot, lambda: words in story(screen))
        assert await looks_as_before(pilot, snapshot)


@SIZES
async def test_ready_looks(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JupystraApp, "open_browser", lambda self, tunnel: None)
    worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
    async with launched(worker, launch_at(4), size) as (pilot, screen):
        worker.tell(protocol.TunnelsChanged((TUNNEL, NEW_TUNNEL)))
        tell(worker, READY)
        await until(pilot, lambda: "8889" in story(screen))
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("size", [(40, 24), (20, 8)], ids=["40x24", "20x8"])
async def test_small_terminals_do_no_harm(worker: FakeWorker, size: tuple[int, int]) -> None:
    async with launched(worker, launch_at(2, problem=NOT_FOUND), size) as (pilot, screen):
        await pilot.press("e", "ctrl+o", "ctrl+t", "ctrl+t", "end")
        await pilot.pause()
        assert screen.query_one("#form").display
