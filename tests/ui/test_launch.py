"""Stories of the launch form and its script."""

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.frontend.config import Config
from jupystra_tui.model import JobRequest, Partition, Problem
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.launch_controls import Commands, Picker
from jupystra_tui.ui.screens.launch_script import ScriptPane
from jupystra_tui.ui.screens.problem import ProblemDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.launches import (
    DEFAULTS,
    SCRIPT,
    form,
    progress_of,
    remark,
    said,
    write,
)
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import PARTITIONS, QUEUE, SESSION


async def test_it_starts_with_what_the_configuration_says(worker: FakeWorker) -> None:
    async with form(worker) as (_, screen):
        asked = await worker.was_asked(protocol.Preview)
        assert asked == protocol.Preview("o2", replace(DEFAULTS, queue="short"))
        assert remark(screen, "queue") == "≤ 12 h · 9 of 24 nodes free"
        assert remark(screen, "memory") == "8 GB · nodes have 64 GB"


async def test_a_default_walltime_over_the_limit_is_cut_and_follows_the_queue(worker: FakeWorker) -> None:
    async with form(worker, replace(DEFAULTS, walltime=2 * 86400)) as (pilot, screen):
        assert screen.query_one("#walltime", Input).value == "12h"
        assert remark(screen, "walltime") == "! 12 h is the most short allows, not 2 d"
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


class Pane(App[None]):
    """Shows nothing but a script."""

    def compose(self) -> ComposeResult:
        """Make room for it."""
        yield ScriptPane("Batch script (preview)")


async def test_a_scroll_bar_covers_nothing_of_the_script() -> None:
    app = Pane()
    async with app.run_test(size=(40, 20)) as pilot:
        app.query_one(ScriptPane).show(f"#SBATCH --output=/home/alice/{'x' * 60}.log\n" * 30)
        await until(pilot, lambda: ".log" in seen(pilot))
        await pilot.pause()
        assert not [row for row in seen(pilot).splitlines() if row.startswith("x")]


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


async def test_a_problem_from_the_worker_is_shown_beside_its_field(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        refusals = (
            Problem("no such account: kim", field="account"),
            Problem("this site takes no notebooks", "Ask."),
        )
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT, refusals), always=True)
        write(screen, "account", "kim")
        await until(pilot, lambda: remark(screen, "account") == "× no such account: kim")
        assert "this site takes no notebooks" in said(screen, "#against")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#account"))
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT), always=True)
        write(screen, "account", "lee")
        await until(
            pilot, lambda: remark(screen, "account") == "" and not screen.query_one("#against").display
        )


async def test_typing_replaces_what_a_field_holds(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        await pilot.press("tab", *"16G", "tab", *"8", "enter", *"2")
        values = {name: screen.query_one(f"#{name}", Input).value for name in ("memory", "cores", "gpus")}
        assert values == {"memory": "16G", "cores": "8", "gpus": "2"}


@pytest.mark.parametrize("to_next", ["tab", "enter", "down"])
async def test_what_is_typed_fast_lands_in_the_next_field(worker: FakeWorker, to_next: str) -> None:
    async with form(worker) as (pilot, screen):
        for key in ("9", "0", "m", to_next, "1", "6", "G", to_next, "8", to_next, "2", "shift+tab", "7"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: screen.query_one("#cores", Input).value == "7")
        values = {name: screen.query_one(f"#{name}", Input).value for name in ("walltime", "memory", "gpus")}
        assert values == {"walltime": "90m", "memory": "16G", "gpus": "2"}


async def test_a_refusal_is_said_at_the_foot_until_something_changes(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        write(screen, "walltime", "13h")
        await until(pilot, lambda: "over the limit" in remark(screen, "walltime"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "× not submitted: walltime: over the limit of short: 12 h" in seen(pilot))
        write(screen, "walltime", "11h")
        await until(pilot, lambda: "not submitted" not in seen(pilot))


async def test_a_mistake_in_a_collapsed_field_shows_it(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        assert not screen.query_one("#collapsed").display
        write(screen, "options", "--comment='open")
        await until(pilot, lambda: screen.query_one("#collapsed").display)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.focused is screen.query_one("#options"))


async def test_the_fold_opens_by_key_and_by_mouse(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        collapsed = screen.query_one("#collapsed")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: collapsed.display)
        await pilot.click("#more")
        await until(pilot, lambda: not collapsed.display)


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
            "relay_port": "9000", "outfile": "out/lab.log",
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
            constraint="skylake", server="notebook", setup=("module load R",), folder="~/x", port=40000,
            local_port=9999, relay_port=9000, outfile="out/lab.log", options=("--nice", "--comment=a b"),
        )  # fmt: skip
        await progress_of(pilot)


async def test_a_refusal_of_no_field_is_said_where_the_script_is_hidden(worker: FakeWorker) -> None:
    async with form(worker) as (pilot, screen):
        refusal = Problem("this site takes no jobs today", "Come back tomorrow.")
        worker.expect(protocol.Preview, protocol.Previewed(SCRIPT, (refusal,)), always=True)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemDialog))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_without_known_queues_the_site_chooses(worker: FakeWorker) -> None:
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
