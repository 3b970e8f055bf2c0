"""Stories of the dialog before a kill."""

import pytest

from jupystra_tui.model import Job, JobState, KillPart, Tunnel, TunnelState
from jupystra_tui.ui.screens.confirm import ConfirmKill
from tests.ui.dialogs import DialogStage, answer
from tests.ui.stories import LAB, TUNNEL, WAITING

OTHER = Tunnel("t2", "o2", "4712", "other", "c2", TunnelState.RETRYING, 8889, 40124)


@pytest.mark.parametrize(
    ("key", "expected"), [("enter", False), ("escape", False), ("n", False), ("y", True)]
)
async def test_killing_must_be_meant(key: str, expected: bool) -> None:
    parts = await answer(ConfirmKill(LAB, TUNNEL), key)
    assert parts == ((KillPart(LAB.id, LAB.state, LAB.name),) if expected else ())


async def test_pressing_k_twice_kills_nothing() -> None:
    dialog = ConfirmKill(LAB, TUNNEL)
    async with DialogStage(dialog).run_test() as pilot:
        await pilot.pause()
        await pilot.press("k", "k")
        assert dialog.is_current


@pytest.mark.parametrize(
    ("job", "tunnel", "expected"),
    [
        (LAB, TUNNEL, "2 kernels, 1 of them busy"),
        (LAB, None, "Unsaved data is lost"),
        (WAITING, None, "place in the queue"),
        (Job("1", "1", "quiet", JobState.RUNNING, node="c1"), OTHER, "no kernels"),
    ],
)
async def test_killing_says_what_would_be_lost(job: Job, tunnel: Tunnel | None, expected: str) -> None:
    dialog = ConfirmKill(job, tunnel)
    async with DialogStage(dialog).run_test():
        assert expected in str(dialog.query_one("#loss").render())
