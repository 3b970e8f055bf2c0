"""Stories of the question about a host key that is not known yet."""

import pytest

from jupystra_tui.model import HostKey, Prompt, PromptKind
from jupystra_tui.ui.screens.host_key import HostKeyDialog
from tests.ui.dialogs import DialogStage, answer, click

UNKNOWN = HostKey("o2.example.edu", "ED25519", "SHA256:Zq3Vg0JH9v2y2JQ5b5Y1X3nq2k8YtFh1lJ8b0n0v1aE")


def dialog() -> HostKeyDialog:
    return HostKeyDialog(Prompt("p3", PromptKind.HOST_KEY, "o2", "", host_key=UNKNOWN))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("enter",), "no"),
        (("escape",), "no"),
        (("n", "enter"), "no"),
        (("o", "enter"), "once"),
        (("t", "enter"), "trust"),
        (("t", "n", "enter"), "no"),
        (("down", "enter"), "once"),
        (("up", "enter"), "trust"),
        (("tab", "tab", "enter"), "trust"),
    ],
)
async def test_host_key(keys: tuple[str, ...], expected: str) -> None:
    assert await answer(dialog(), *keys) == expected


@pytest.mark.parametrize("key", ["n", "o", "t", "space"])
async def test_no_single_key_answers_for_a_host(key: str) -> None:
    question = dialog()
    async with DialogStage(question).run_test() as pilot:
        await pilot.pause()
        await pilot.press(key, "space")
        await pilot.pause()
        assert question.is_current


async def test_host_key_by_mouse() -> None:
    assert await click(dialog(), "once") == "once"


async def test_the_whole_fingerprint_is_readable_at_40_columns() -> None:
    async with DialogStage(dialog()).run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        shown = pilot.app.screen.query_one("#fingerprint")
        assert shown.size.width * shown.size.height >= len(UNKNOWN.fingerprint)
