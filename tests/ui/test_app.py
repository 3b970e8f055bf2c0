"""Stories of the dashboard as a whole: the worker comes and goes, questions are asked, one leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.config import Config
from jupystra_tui.model import (
    HostKey,
    JobRequest,
    Launch,
    Problem,
    Prompt,
    PromptKind,
    SessionPhase,
    Step,
    StepState,
    TunnelState,
)
from jupystra_tui.text import Secret
from jupystra_tui.ui import browser
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.commands import COMMANDS, markdown
from jupystra_tui.ui.screens.help import HelpScreen
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.login import LoginScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.screens.prompt import PromptDialog
from jupystra_tui.ui.screens.quit import QuitDialog
from jupystra_tui.ui.screens.restart import RestartDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import O2, QUEUE, SESSION, TUNNEL, everything

PASSWORD = Prompt("p1", PromptKind.TEXT, "alice@o2", "Password: ")
PASSCODE = Prompt("p2", PromptKind.TEXT, "alice@o2", "Passcode: ", echo=True)
NODE_KEY = Prompt("p3", PromptKind.HOST_KEY, "o2", "", host_key=HostKey("c1", "ED25519", "SHA256:Zq3Vg0"))
READY = Launch("l1", "o2", JobRequest(), (Step("ready", StepState.DONE),), "4711", "t1")


async def test_a_first_start_opens_the_login(worker: FakeWorker) -> None:
    worker.expect(protocol.ListHosts, protocol.Hosts(()))
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))


async def test_a_cluster_that_is_named_is_logged_in_to(worker: FakeWorker) -> None:
    worker.expect(protocol.Login)
    app = JupystraApp(Config(), O2)
    async with app.run_test() as pilot:
        assert (await worker.was_asked(protocol.Login)).cluster == O2
        await until(pilot, lambda: "Logging in to o2 …" in seen(pilot))


async def test_a_worker_that_dies_is_started_again(worker: FakeWorker, revives: list[Path]) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login)
        await worker.die()
        await until(pilot, lambda: len(revives) == 1)
        assert (await worker.was_asked(protocol.Login)).cluster == O2
        await until(pilot, lambda: not app.trouble and not app.tunnels)
        assert "4711" in seen(pilot), "the old queue stays"
        worker.tell(protocol.SessionChanged(replace(SESSION, phase=SessionPhase.CONNECTING)))
        await until(pilot, lambda: "connecting" in seen(pilot).splitlines()[0])
        worker.tell(*everything())
        await until(pilot, lambda: app.tunnels and "READY" in seen(pilot))
        assert app.screen is app.screen_stack[0], "no dialog was in the way"


async def test_a_worker_that_cannot_start_is_said_and_asked_for_again(
    worker: FakeWorker, revives: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupystra_tui.errors import WorkerError
    from jupystra_tui.ui import link

    async def fail() -> None:
        raise WorkerError("The worker does not start", "Its last words are in worker.log.", "no paramiko")

    monkeypatch.setattr(link, "PAUSE_SECONDS", 0.0)
    async with dashboard(worker) as (pilot, app):
        monkeypatch.setattr(app.link._client, "open", fail)
        await worker.die()
        await until(pilot, lambda: "The worker does not start" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "no worker, r tries again" in seen(pilot).splitlines()[0])
        monkeypatch.undo()
        worker.expect(protocol.Login)
        await worker.start()


async def test_another_version_is_replaced_when_told(worker: FakeWorker, revives: list[Path]) -> None:
    worker.version = protocol.VERSION + 1
    worker.tell(*everything())
    app = JupystraApp(Config())
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestartDialog))
        await pilot.press("r")
        await until(pilot, lambda: app.ready and app.session)
        assert [hello.want for hello in worker.hellos] == ["attach", "stop", "attach"]


async def test_questions_come_one_after_the_other(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Answer, always=True)
        worker.tell(protocol.PromptAsked(PASSWORD), protocol.PromptAsked(NODE_KEY))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        await pilot.press(*"s3cret", "enter")
        first = await worker.was_asked(protocol.Answer)
        assert first.prompt == "p1"
        assert first.answer
        assert first.answer.reveal() == "s3cret"
        await until(pilot, lambda: isinstance(app.screen, HostKeyDialog))
        await pilot.press("escape")
        second = await worker.was_asked(protocol.Answer, 2)
        assert second.prompt == "p3"
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))


async def test_giving_up_sends_no_answer(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Answer)
        worker.tell(protocol.PromptAsked(PASSWORD))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        await pilot.press("escape")
        assert await worker.was_asked(protocol.Answer) == protocol.Answer("p1", None)


async def test_a_question_answered_elsewhere_goes(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(PASSWORD), protocol.PromptAsked(PASSCODE))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        await pilot.press(*"half")
        worker.tell(protocol.PromptGone("p1"))
        await until(pilot, lambda: "Passcode" in seen(pilot))
        assert app.screen.query_one(Input).value == ""
        worker.tell(protocol.PromptGone("p2"))
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        assert not any(isinstance(body, protocol.Answer) for body in worker.asked)


async def test_a_question_below_a_problem_waits_to_go(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(PASSWORD))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        app.show_problem(Problem("Something else"))
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        worker.tell(protocol.PromptGone("p1"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))


async def test_leaving_with_tunnels_keeps_them(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app._exit)
    assert not any(isinstance(body, protocol.Stop) for body in worker.asked)


async def test_leaving_with_tunnels_that_are_down_asks_nothing(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.TunnelsChanged((replace(TUNNEL, state=TunnelState.DOWN),)))
        await until(pilot, lambda: app.tunnels[0].state is TunnelState.DOWN)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


async def test_leaving_and_closing_all_ends_the_worker_for_good(
    worker: FakeWorker, revives: list[Path]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Stop)
        await pilot.press("q", "c")
        await worker.was_asked(protocol.Stop)
        await worker.die()
        await until(pilot, lambda: app._exit)
    assert revives == []


async def test_a_launch_from_here_opens_the_browser_by_itself(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Secret] = []

    async def open_page(url: Secret) -> None:
        opened.append(url)

    monkeypatch.setattr(browser, "open_page", open_page)
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Start, protocol.Started("l1"))
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await app.ask(protocol.Start("o2", JobRequest()))
        worker.tell(
            protocol.LaunchChanged(replace(READY, id="somebody else's")), protocol.LaunchChanged(READY)
        )
        await until(pilot, lambda: opened)
        worker.tell(protocol.LaunchChanged(READY))
        await pilot.pause()
        assert [url.reveal() for url in opened] == ["http://127.0.0.1:8888/lab?token=s3cret"]


async def test_a_launch_that_failed_is_said_wherever_one_is(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Start, protocol.Started("l1"))
        await app.ask(protocol.Start("o2", JobRequest()))
        await pilot.press("2")
        worker.tell(
            protocol.LaunchChanged(replace(READY, steps=(), problem=Problem("jupyter was not found on c1")))
        )
        await until(pilot, lambda: "jupyter was not found on c1" in seen(pilot))


async def test_without_a_browser_the_address_is_copied(
    worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_can_open", lambda: False)
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        assert "clipboard" in seen(pilot)
        assert "s3cret" not in seen(pilot)
        assert app.clipboard.endswith("?token=s3cret")


async def test_a_long_wait_says_so_and_can_be_left(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Refresh)
        worker.hold(protocol.Refresh)
        await pilot.press("r")
        await until(pilot, lambda: "◐ asking for the queue …" in seen(pilot))
        still_clock(7)
        app.show_status()
        await until(pilot, lambda: "asking for the queue … 7 s, esc stops waiting" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not app.waits and "asking for the queue" not in seen(pilot))


async def test_old_data_stays_with_its_age(worker: FakeWorker, still_clock: Callable[[float], None]) -> None:
    async with dashboard(worker) as (pilot, _):
        lost = replace(
            SESSION, phase=SessionPhase.LOST, problem=Problem("o2 does not answer", "It is tried again.")
        )
        worker.tell(protocol.SessionChanged(lost))
        still_clock(236)
        await until(pilot, lambda: "reconnecting" in seen(pilot).splitlines()[0])
        assert "queue 4 min old" in seen(pilot).splitlines()[0]
        assert "jupyter-lab" in seen(pilot)


async def test_idle_time_draws_nothing(worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.pause()
        drawn: list[object] = []
        monkeypatch.setattr("textual.widget.Widget.refresh", lambda self, *_, **__: drawn.append(self))
        for _ in range(3):
            app._tick()
        assert drawn == []


async def test_turning_away_makes_polls_rarer(worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    from textual import events

    from jupystra_tui.ui import app as module

    monkeypatch.setattr(module, "AWAY_SECONDS", 0.01)
    async with dashboard(worker) as (_, app):
        app.post_message(events.AppBlur())
        assert await worker.was_asked(protocol.Attention, 2) == protocol.Attention(False)
        app.post_message(events.AppFocus())
        assert await worker.was_asked(protocol.Attention, 3) == protocol.Attention(True)


async def test_logging_out_leaves_nothing_behind(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Logout)
        await pilot.press("3", "x")
        assert await worker.was_asked(protocol.Logout) == protocol.Logout("o2")
        worker.tell(protocol.SessionClosed("o2"), protocol.TunnelsChanged(()))
        await until(pilot, lambda: app.session is None and app.cluster is None)
        await pilot.press("1")
        await until(pilot, lambda: "Not logged in" in seen(pilot) and "4711" not in seen(pilot))


async def test_turning_to_another_cluster(worker: FakeWorker) -> None:
    other = replace(O2, name="orchestra", host="orchestra.example.edu")
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Login)
        app.log_in(other)
        await until(pilot, lambda: "4711" not in seen(pilot))
        worker.tell(protocol.SessionChanged(replace(SESSION, cluster=other)))
        worker.tell(protocol.SnapshotTaken(replace(QUEUE, cluster="orchestra", jobs=QUEUE.jobs[2:3])))
        await until(pilot, lambda: "alice@orchestra" in seen(pilot) and "dask-explore" in seen(pilot))
        worker.tell(protocol.SnapshotTaken(QUEUE))
        await pilot.pause()
        assert "gpu-notebook" not in seen(pilot), "that is the other cluster's"


async def test_keys_can_be_changed(worker: FakeWorker) -> None:
    async with dashboard(worker, config=Config(keys={"kill": "K", "help": "f1"})) as (pilot, app):
        assert "K Kill" in seen(pilot)
        await pilot.press("k")
        assert isinstance(app.screen, JobsScreen)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "K       Kill" in seen(pilot))


async def test_the_palette_does_what_the_keys_do(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.expect(protocol.Refresh)
        await pilot.press("ctrl+p", *"refresh")
        await until(pilot, lambda: "Look at the queue now" in seen(pilot))
        await pilot.press("enter")
        await worker.was_asked(protocol.Refresh)


async def test_the_mouse_does_what_the_keys_do(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.click("TopBar", offset=(25, 0))
        assert app.current_mode == "tunnels"
        await until(pilot, lambda: "Reconnect" in seen(pilot))
        bar = seen(pilot).splitlines()[-1]
        worker.expect(protocol.Disconnect)
        await pilot.click("KeyBar", offset=(bar.index("x Close"), 0))
        assert await worker.was_asked(protocol.Disconnect) == protocol.Disconnect("t1")


async def test_the_help_knows_the_keys_of_other_screens(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Preview, protocol.Previewed("#!/bin/bash"), always=True)
        await pilot.press("n")
        await until(pilot, lambda: "^s Start" in seen(pilot))
        app.action_help()
        await until(pilot, lambda: "Send the job and follow its launch" in seen(pilot))


def test_the_readme_can_list_every_key() -> None:
    for command in COMMANDS:
        assert f"| `{command.key}` | `{command.id}` |" in markdown()


def test_no_two_commands_of_a_screen_share_a_key() -> None:
    for where in ("jobs", "tunnels", "cluster"):
        keys = [command.key for command in COMMANDS if command.where in (where, "everywhere")]
        assert len(keys) == len(set(keys))


@SIZES
async def test_picture_of_the_help(
    worker: FakeWorker, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with dashboard(worker, size) as (pilot, app):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert await looks_as_before(pilot, snapshot)


async def test_picture_of_a_restart(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    worker.version = protocol.VERSION + 1
    app = JupystraApp(Config())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RestartDialog))
        assert await looks_as_before(pilot, snapshot)
