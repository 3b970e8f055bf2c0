"""A broken tunnel is tried again by itself where that may help, and less and less often."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupystra_tui.errors import AuthError, ConnectError, HostKeyError, JupystraError
from jupystra_tui.model import Tunnel, TunnelState
from jupystra_tui.ssh.folders import Folders
from jupystra_tui.ssh.node_faults import explain
from jupystra_tui.worker import live
from jupystra_tui.worker.live import LiveTunnel
from jupystra_tui.worker.prompts import Unattended


@pytest.fixture
async def tunnel(tmp_path: Path) -> LiveTunnel:
    session = SimpleNamespace(connection=asyncio.Event().wait)
    shown = Tunnel("1", "hpc", "42", "jupyter", "n1", TunnelState.OPENING)
    return LiveTunnel(session, shown, Folders(tmp_path, tmp_path), 0, 0, True, lambda: None)  # type: ignore[arg-type]


async def test_what_may_heal_is_tried_at_once_and_then_after_a_pause(
    tunnel: LiveTunnel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAUSES", (0.0, 3600.0))
    tunnel.fail(ConnectError("The cluster does not answer"))
    assert (tunnel.broken, tunnel.due) == (True, True)
    for _ in range(3):
        tunnel.fail(explain("kex_exchange_identification: Connection closed", None))
        assert (tunnel.broken, tunnel.due) == (True, False)


@pytest.mark.parametrize(
    "error",
    [
        Unattended(),
        AuthError("ada@n1: the answer was not accepted 3 times"),
        HostKeyError("The key of n1 is marked as revoked"),
        explain("channel 2: open failed: administratively prohibited: open failed", None),
        explain("REMOTE HOST IDENTIFICATION HAS CHANGED!", None),
        explain("ada@n1: Permission denied (publickey).", None),
    ],
    ids=lambda error: error.title,
)
async def test_what_only_a_person_can_mend_is_not_tried_again(
    tunnel: LiveTunnel, error: JupystraError
) -> None:
    tunnel.fail(error)
    assert (tunnel.broken, tunnel.shown.reason) == (False, error.title)
