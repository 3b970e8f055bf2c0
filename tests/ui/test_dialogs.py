"""Stories of the dialogs: by keys and by mouse, the answer each gives, and how they look."""

from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.screen import ModalScreen
from textual.widgets import Input

from jupystra_tui.model import HostKey, Job, JobState, KillPart, Prompt, PromptKind, Tunnel, TunnelState
from jupystra_tui.protocol import KeyPlan, Killed
from jupystra_tui.ui.screens.confirm import ConfirmKill
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from jupystra_tui.ui.screens.node_key import NodeKeyDialog
from jupystra_tui.ui.screens.problem import ProblemDialog
from jupystra_tui.ui.screens.prompt_dialog import PromptDialog, PromptReply
from jupystra_tui.ui.screens.quit import QuitDialog
from jupystra_tui.ui.screens.touch import TouchDialog
from tests.ui.conftest import seen, until
from tests.ui.dialogs import DialogStage, answer, click
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stories import LAB, SECOND, TUNNEL, WAITING

HOSTILE = "job[/abc]x 日本語 👩‍🔬"
DUO = "Duo two-factor login for alice\n\n 1. Duo Push to XXX-XXX-4711\n 2. Phone call to XXX-XXX-4711\n"
PASSCODE = Prompt("p1", PromptKind.TEXT, "alice@o2", "Passcode or option (1-2): ", DUO, echo=True)
PASSWORD = Prompt("p2", PromptKind.TEXT, "alice@o2", "Password: ", "For authorised users only.\n" * 40)
TOUCH = Prompt("p6", PromptKind.NOTE, "this laptop", "Confirm user presence for key ED25519-SK SHA256:Zq3Vg0")
NODE_PASSWORD = Prompt(
    "p5",
    PromptKind.TEXT,
    "alice@c1",
    "Password",
    offer="use the same password as for the login",
    held="held in memory until you log out, so that no other tunnel asks",
)
KEYCHAIN = Prompt("p7", PromptKind.TEXT, "alice@o2", "Password: ", keep="keep it in this laptop's keychain")
UNKNOWN = HostKey("o2.example.edu", "ED25519", "SHA256:Zq3Vg0JH9v2y2JQ5b5Y1X3nq2k8YtFh1lJ8b0n0v1aE")
PUBLISHED = HostKey("o2.example.edu", "ED25519", UNKNOWN.fingerprint, published=True)
CHANGED = HostKey(
    "compute-a-16-21.o2.rc.hms.harvard.edu", "ssh-ed25519", UNKNOWN.fingerprint, once=False,
    replaces="ssh-ed25519 SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
)  # fmt: skip
CHANGED_TEXT = f"The host key of {CHANGED.host} has changed. The login node's own list has the new key."
OTHER = Tunnel("t2", "o2", "4712", HOSTILE, "c2", TunnelState.RETRYING, 8889, 40124)

ARRAY = Job("111_[4-7%1]", "111_[waiting]", "sweep", JobState.PENDING, array="111", tasks="4-7")
PARTS = (KillPart("111_4", JobState.RUNNING), KillPart("111_[5-7]", JobState.PENDING))


async def given(parts: tuple[KillPart, ...]) -> tuple[KillPart, ...]:
    return parts


NO_KEY = KeyPlan(False, ("make a key on this laptop", "add it to ~/.ssh/authorized_keys of alice on o2"))

DIALOGS: dict[str, Callable[[], ModalScreen[Any]]] = {
    "problem": lambda: ProblemDialog(
        "o2 refused every key", "Add a key with ssh-add.", "debug: offered\n" * 60
    ),
    "hostile_problem": lambda: ProblemDialog(HOSTILE, "[red]no markup[/]", "[/]"),
    "passcode": lambda: PromptDialog(PASSCODE),
    "node_password": lambda: PromptDialog(NODE_PASSWORD),
    "keychain": lambda: PromptDialog(KEYCHAIN),
    "password_after_a_long_banner": lambda: PromptDialog(PASSWORD),
    "unknown_host": lambda: HostKeyDialog(Prompt("p3", PromptKind.HOST_KEY, "o2", "", host_key=UNKNOWN)),
    "published_host": lambda: HostKeyDialog(Prompt("p4", PromptKind.HOST_KEY, "o2", "", host_key=PUBLISHED)),
    "changed_host": lambda: HostKeyDialog(
        Prompt("p8", PromptKind.HOST_KEY, CHANGED.host, CHANGED_TEXT, host_key=CHANGED)
    ),
    "touch": lambda: TouchDialog(TOUCH),
    "kill_busy": lambda: ConfirmKill(LAB, TUNNEL),
    "kill_waiting": lambda: ConfirmKill(WAITING),
    "kill_array": lambda: ConfirmKill(ARRAY, None, lambda: given(PARTS)),
    "kill_changed": lambda: ConfirmKill(
        ARRAY, changed=Killed(PARTS[1:], (KillPart("111_5", JobState.RUNNING),))
    ),
    "node_key": lambda: NodeKeyDialog(NO_KEY),
    "quit": lambda: QuitDialog((TUNNEL, SECOND)),
    "quit_the_demo": lambda: QuitDialog((TUNNEL,), temporary=True),
}


@SIZES
@pytest.mark.parametrize("name", DIALOGS)
async def test_looks(name: str, size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with DialogStage(DIALOGS[name]()).run_test(size=size) as pilot:
        await pilot.pause()
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.parametrize("size", [(40, 24), (40, 12), (20, 8)], ids=["40x24", "40x12", "20x8"])
async def test_every_choice_can_be_reached_in_a_small_terminal(name: str, size: tuple[int, int]) -> None:
    dialog = DIALOGS[name]()
    async with DialogStage(dialog).run_test(size=size) as pilot:
        await pilot.pause()
        for choice in dialog.query("Choice"):
            choice.focus()
            await pilot.wait_for_scheduled_animations()
            await pilot.pause()
            assert 0 <= choice.region.y < size[1]


async def test_problem_closes_by_enter_and_escape() -> None:
    for key in ("enter", "escape"):
        assert await answer(ProblemDialog("It broke", "Mend it."), key) is None


async def test_problem_unfolds_its_details_and_scrolls_them() -> None:
    dialog = DIALOGS["problem"]()
    async with DialogStage(dialog).run_test() as pilot:
        await pilot.pause()
        details = dialog.query_one("#details")
        assert not details.display
        await pilot.press("d", "end")
        await pilot.wait_for_scheduled_animations()
        assert details.display
        assert details.scroll_offset.y > 0
        await pilot.press("d")
        assert not details.display


async def test_an_answer_goes_out_as_a_secret_and_leaves_the_field() -> None:
    for keys, said in ((("enter",), "hunter2"), (("escape",), None)):
        stage = DialogStage(PromptDialog(PASSWORD))
        async with stage.run_test() as pilot:
            await pilot.pause()
            field = stage.dialog.query_one(Input)
            await pilot.press(*"hunter2", *keys)
            await pilot.pause()
            assert field.value == ""
        (reply,) = stage.answers
        assert (reply.answer.reveal() if reply.answer else None) == said


async def test_a_password_is_not_shown_and_a_passcode_is() -> None:
    for prompt, shown in ((PASSWORD, False), (PASSCODE, True)):
        async with DialogStage(PromptDialog(prompt)).run_test() as pilot:
            await pilot.pause()
            await pilot.press(*"4711x")
            await pilot.pause()
            assert ("4711x" in pilot.app.export_screenshot()) is shown


async def test_no_message_carries_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    stage = DialogStage(PromptDialog(PASSWORD))
    post = type(stage.dialog).post_message

    def listen(self: Any, message: Any) -> bool:
        heard.append(repr(message))
        return post(self, message)

    monkeypatch.setattr(PromptDialog, "post_message", listen)
    async with stage.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"hunter2", "tab", "shift+tab", "enter")
        await pilot.pause()
    assert heard
    assert not any("hunter" in said for said in heard)


async def test_cancel_sends_nothing() -> None:
    assert await answer(PromptDialog(PASSWORD), *"hunt", "escape") == PromptReply()
    assert await click(PromptDialog(PASSWORD), "cancel") == PromptReply()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((*"pw", "enter"), ("pw", False, False)),
        (("enter",), ("", False, True)),
        (("tab", "space", "enter"), ("", True, True)),
        (("tab", "space", "space", "enter"), ("", False, True)),
    ],
    ids=["typed", "once", "from now on", "after all not"],
)
async def test_a_node_may_get_the_login_s_password(
    keys: tuple[str, ...], expected: tuple[str, bool, bool]
) -> None:
    reply = await answer(PromptDialog(NODE_PASSWORD), *keys)
    assert (reply.answer.reveal(), reply.keep, reply.offered) == expected


@pytest.mark.parametrize(("keys", "keep"), [((), False), (("tab", "space"), True)])
async def test_the_keychain_gets_a_password_only_when_told_to(keys: tuple[str, ...], keep: bool) -> None:
    reply = await answer(PromptDialog(KEYCHAIN), *"pw", *keys, "enter")
    assert (reply.answer.reveal(), reply.keep, reply.offered) == ("pw", keep, False)


async def test_a_tick_can_be_read_without_colour() -> None:
    stage = DialogStage(PromptDialog(NODE_PASSWORD))
    async with stage.run_test() as pilot:
        await until(pilot, lambda: "[ ] use the same password" in seen(pilot))
        await pilot.press("tab", "space")
        await until(pilot, lambda: "[x] use the same password" in seen(pilot))


@pytest.mark.parametrize("key", ["ctrl+c", "super+c", "ctrl+x"])
async def test_a_masked_answer_is_in_no_clipboard(key: str) -> None:
    stage = DialogStage(PromptDialog(PASSWORD))
    async with stage.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"hunter2", "shift+home", key)
        await pilot.pause()
        assert stage.clipboard == ""
        assert stage.dialog.query_one(Input).value == "hunter2"


async def test_a_code_that_is_shown_can_be_copied() -> None:
    stage = DialogStage(PromptDialog(PASSCODE))
    async with stage.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"4711", "shift+home", "ctrl+c")
        await pilot.pause()
        assert stage.clipboard == "4711"


async def test_an_empty_answer_needs_a_second_enter() -> None:
    dialog = PromptDialog(PASSCODE)
    async with DialogStage(dialog).run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert dialog.is_current
        assert dialog.query_one("#remark").display
    said = await answer(PromptDialog(PASSCODE), "enter", "enter")
    assert said.answer is not None
    assert said.answer.reveal() == ""


@pytest.mark.parametrize(
    ("keys", "expected"),
    [(("enter",), "keep"), (("k",), "keep"), (("c",), "close"), (("escape",), ""), (("up", "enter"), "")],
)
async def test_quitting_with_tunnels(keys: tuple[str, ...], expected: str) -> None:
    assert await answer(QuitDialog((TUNNEL, OTHER)), *keys) == expected


@pytest.mark.parametrize(("key", "expected"), [("enter", "close"), ("q", "close"), ("escape", "")])
async def test_nothing_is_kept_of_a_practice_cluster(key: str, expected: str) -> None:
    dialog = QuitDialog((TUNNEL,), temporary=True)
    assert await answer(dialog, key) == expected
    assert not any("keep" in choice.label for choice in dialog.choices())


async def test_quitting_by_mouse() -> None:
    assert await click(QuitDialog((TUNNEL,)), "close all") == "close"


@pytest.mark.parametrize(
    ("exists", "keys", "expected"),
    [(False, ("enter",), ""), (False, ("m",), "make"), (True, ("r",), "remove"), (True, ("escape",), "")],
)
async def test_a_key_for_the_nodes_is_made_only_on_request(
    exists: bool, keys: tuple[str, ...], expected: str
) -> None:
    assert await answer(NodeKeyDialog(KeyPlan(exists, ("a step",))), *keys) == expected
