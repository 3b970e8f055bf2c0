"""Stories of questions that the worker asks a person."""

from collections.abc import Callable

import pytest
from textual.events import MouseDown, MouseUp, Paste
from textual.widgets import Input

from jupystra_tui import protocol
from jupystra_tui.model import (
    HostKey,
    Problem,
    Prompt,
    PromptKind,
)
from jupystra_tui.ui.app import JupystraApp
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.ui.screens.jobs import JobsScreen
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.screens.prompt_dialog import PromptDialog
from jupystra_tui.ui.screens.touch import TouchDialog
from tests.ui.conftest import seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.stage import dashboard

PASSWORD = Prompt("p1", PromptKind.TEXT, "alice@o2", "Password: ")
PASSCODE = Prompt("p2", PromptKind.TEXT, "alice@o2", "Passcode: ", echo=True)
NODE_KEY = Prompt("p3", PromptKind.HOST_KEY, "o2", "", host_key=HostKey("c1", "ED25519", "SHA256:Zq3Vg0"))

TOUCH = Prompt("p4", PromptKind.NOTE, "this laptop", "Confirm user presence for key ED25519-SK SHA256:Zq3Vg0")


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


async def test_a_touch_is_a_note_that_goes_by_itself(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(TOUCH))
        await until(pilot, lambda: isinstance(app.screen, TouchDialog))
        await until(pilot, lambda: "Confirm user presence" in seen(pilot))
        worker.tell(protocol.PromptGone("p4"))
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        assert not any(isinstance(body, protocol.Answer) for body in worker.asked)


async def test_whoever_will_not_touch_gives_up(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.Answer)
        worker.tell(protocol.PromptAsked(TOUCH))
        await until(pilot, lambda: isinstance(app.screen, TouchDialog))
        await pilot.press("escape")
        assert await worker.was_asked(protocol.Answer) == protocol.Answer("p4", None)


async def test_a_question_below_a_problem_waits_to_go(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(PASSWORD))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        app.show_problem(Problem("Something else"))
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        worker.tell(protocol.PromptGone("p1"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))


@pytest.mark.parametrize("queued", [PASSCODE, NODE_KEY, TOUCH], ids=["passcode", "host key", "touch"])
async def test_what_is_typed_when_a_question_goes_answers_no_other(
    worker: FakeWorker, pause: Callable[[float], None], queued: Prompt
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(PASSWORD), protocol.PromptAsked(queued))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        pause(5)
        await pilot.press(*"Gr8-")
        worker.tell(protocol.PromptGone("p1"))
        await until(pilot, lambda: getattr(app.screen, "prompt", None) == queued)
        dialog = app.screen
        for key in (*"troth", "enter", "escape"):
            pause(0.3)
            await pilot.press(key)
        app.post_message(Paste("hedgehog\n"))
        await until(pilot, lambda: "ignored: typed too soon" in seen(pilot))
        assert app.screen is dialog
        assert "".join(field.value for field in dialog.query(Input)) == ""
        assert not any(isinstance(body, protocol.Answer) for body in worker.asked)
        worker.expect(protocol.Answer)
        pause(0.8)
        await pilot.press("escape")
        assert (await worker.was_asked(protocol.Answer)).prompt == queued.id


async def test_a_click_on_what_was_there_before_trusts_no_host(
    worker: FakeWorker, pause: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(NODE_KEY))
        await until(pilot, lambda: isinstance(app.screen, HostKeyDialog) and app.screen.query("Choice"))
        await pilot.pause()
        click(app)
        await until(pilot, lambda: "ignored: typed too soon" in seen(pilot))
        assert isinstance(app.screen, HostKeyDialog)
        worker.expect(protocol.Answer)
        pause(0.8)
        click(app)
        answered = await worker.was_asked(protocol.Answer)
        assert answered.answer
        assert answered.answer.reveal() == "trust"


def click(app: JupystraApp) -> None:
    """Press and release the mouse on the last choice."""
    x, y = app.screen.query("Choice").last().region.offset
    for kind in (MouseDown, MouseUp):
        app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))


async def test_what_is_typed_when_the_last_question_goes_is_no_command(
    worker: FakeWorker, pause: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.tell(protocol.PromptAsked(PASSWORD))
        await until(pilot, lambda: isinstance(app.screen, PromptDialog))
        pause(5)
        await pilot.press(*"hac")
        worker.tell(protocol.PromptGone("p1"))
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        await pilot.press(*"key?", "enter")
        assert isinstance(app.screen, JobsScreen)
        pause(0.8)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Show all keys" in seen(pilot))


async def test_a_problem_that_comes_up_is_not_closed_by_what_is_being_typed(
    worker: FakeWorker, pause: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        app.show_problem(Problem("Something else"))
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
        await pilot.press("enter")
        assert isinstance(app.screen, ProblemDialog)
        pause(0.8)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
