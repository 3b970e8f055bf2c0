"""Stories of the tunnels screen."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from syrupy.assertion import SnapshotAssertion

from jupystra_tui import protocol
from jupystra_tui.model import Problem, TunnelState
from jupystra_tui.text import Secret
from tests.ui.conftest import NOON, seen, until
from tests.ui.fake_worker import FakeWorker
from tests.ui.pictures import SIZES, looks_as_before
from tests.ui.stage import dashboard
from tests.ui.stories import BROKEN, SECOND, TUNNEL


async def test_a_tunnel_that_breaks_and_reconnects_shows_its_events(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, _):
        await pilot.press("2")
        still_clock(5)
        reason = "the login node stopped answering"
        down = replace(TUNNEL, state=TunnelState.RETRYING, ready=False, reason=reason, retry_at=NOON + 9)
        worker.tell(protocol.TunnelsChanged((down,)))
        await until(pilot, lambda: "◐ retry in 4 s" in seen(pilot))
        still_clock(4)
        worker.tell(protocol.TunnelsChanged((replace(TUNNEL, since=NOON + 9, round_trip=38.0),)))
        await until(pilot, lambda: "38 ms" in seen(pilot))
        story = [line.strip("│ ") for line in seen(pilot).splitlines() if "12:00:" in line]
        assert story == [
            "12:00:00  ● up, the server answers, 41 ms",
            "12:00:05  × the login node stopped answering",
            "12:00:09  ● up, the server answers, 38 ms",
        ]


async def test_the_top_line_counts_the_tunnels_that_are_wanted(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.TunnelsChanged((TUNNEL, BROKEN)))
        await until(pilot, lambda: "2 tunnels" in seen(pilot).splitlines()[0])
        worker.tell(protocol.TunnelsChanged((TUNNEL, replace(BROKEN, state=TunnelState.ENDED))))
        await until(pilot, lambda: "1 tunnel " in f"{seen(pilot).splitlines()[0].rstrip()} ")


async def test_s_writes_a_connect_script(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.TunnelsChanged((BROKEN,)))
        await pilot.press("2")
        await until(pilot, lambda: "clarinet002" in seen(pilot))
        worker.expect(protocol.MakeScript, protocol.ScriptMade("/home/me/jupystra/connect-orchestra-901.sh"))
        await pilot.press("s")
        assert await worker.was_asked(protocol.MakeScript) == protocol.MakeScript("orchestra", "901")
        await until(pilot, lambda: "connect-orchestra-901.sh" in seen(pilot))


async def test_traffic_is_the_bytes_between_two_updates(
    worker: FakeWorker, still_clock: Callable[[float], None]
) -> None:
    async with dashboard(worker) as (pilot, app):
        await pilot.press("2")
        for moved in (10, 12_000_010, 24_000_010):
            still_clock(10)
            worker.tell(protocol.TunnelsChanged((replace(TUNNEL, received=TUNNEL.received + moved),)))
            await until(pilot, lambda moved=moved: app.tunnels[0].received == TUNNEL.received + moved)  # type: ignore[misc]
        await until(pilot, lambda: "▁██ 1.2 MB/s" in seen(pilot))


async def test_reconnecting_and_closing(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, _):
        worker.tell(protocol.TunnelsChanged((TUNNEL, BROKEN)))
        await pilot.press("2")
        await until(pilot, lambda: "clarinet002" in seen(pilot))
        await pilot.press("down")
        keys = seen(pilot).splitlines()[-1]
        assert "Reconnect" in keys
        assert "Browser" not in keys, "there is nothing to open behind a tunnel that is down"
        worker.expect(protocol.Reconnect, protocol.Connected("t3"))
        worker.expect(protocol.Disconnect)
        await pilot.press("r")
        assert await worker.was_asked(protocol.Reconnect) == protocol.Reconnect("t3")
        await pilot.press("x")
        assert await worker.was_asked(protocol.Disconnect) == protocol.Disconnect("t3")
        worker.tell(protocol.TunnelsChanged(()))
        await until(pilot, lambda: "No tunnels" in seen(pilot))


async def test_copying_the_address(worker: FakeWorker) -> None:
    async with dashboard(worker) as (pilot, app):
        worker.expect(protocol.GetUrl, protocol.Url(Secret("http://127.0.0.1:8888/lab?token=s3cret")))
        await pilot.press("2", "y")
        await until(pilot, lambda: app.clipboard.endswith("?token=s3cret"))


@SIZES
async def test_picture(
    worker: FakeWorker,
    size: tuple[int, int],
    still_clock: Callable[[float], None],
    snapshot: SnapshotAssertion,
) -> None:
    async with dashboard(worker, size) as (pilot, app):
        received = TUNNEL.received
        for moved in (1, 2e5, 3e6, 8e6, 2e6, 1e5, 1, 1e6, 4e6):
            still_clock(10)
            received += int(moved)
            tunnels = (replace(TUNNEL, received=received), SECOND, BROKEN)
            worker.tell(protocol.TunnelsChanged(tunnels))
            await until(pilot, lambda tunnels=tunnels: app.tunnels == tunnels)  # type: ignore[misc]
        await pilot.press("2", "down", "down")
        await until(pilot, lambda: "stopped answering" in seen(pilot))
        app.show_status()
        assert await looks_as_before(pilot, snapshot)


async def test_picture_without_tunnels(worker: FakeWorker, snapshot: SnapshotAssertion) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, _):
        worker.tell(protocol.TunnelsChanged(()))
        await pilot.press("2")
        await until(pilot, lambda: "No tunnels" in seen(pilot))
        assert await looks_as_before(pilot, snapshot)


@pytest.mark.parametrize(
    ("state", "retry_at", "said"),
    [
        (TunnelState.RESOLVING, 0.0, "◐ resolving"),
        (TunnelState.CONNECTING, 0.0, "◐ connecting"),
        (TunnelState.FORWARDING, 0.0, "◐ forwarding"),
        (TunnelState.RETRYING, NOON + 29, "◐ retry in 29 s"),
        (TunnelState.RETRYING, NOON, "◐ retrying"),
        (TunnelState.RETRYING, 0.0, "◐ disconnected"),
        (TunnelState.WAITING, 0.0, "× needs you"),
        (TunnelState.ENDED, 0.0, "○ ended"),
    ],
)
async def test_each_state_has_a_symbol_and_a_word(
    worker: FakeWorker,
    still_clock: Callable[[float], None],
    state: TunnelState,
    retry_at: float,
    said: str,
) -> None:
    async with dashboard(worker, (80, 24)) as (pilot, _):
        worker.tell(protocol.TunnelsChanged((replace(TUNNEL, state=state, ready=False, retry_at=retry_at),)))
        await pilot.press("2")
        await until(pilot, lambda: said in seen(pilot))


async def test_what_only_a_person_can_do_is_said_below(worker: FakeWorker) -> None:
    problem = Problem("Port 8888 was taken by another program", "Close it and reconnect.")
    async with dashboard(worker, (80, 24)) as (pilot, _):
        taken = replace(TUNNEL, state=TunnelState.WAITING, ready=False, reason=problem.title, problem=problem)
        worker.tell(protocol.TunnelsChanged((taken,)))
        await pilot.press("2")
        await until(pilot, lambda: problem.title in seen(pilot) and problem.hint in seen(pilot))
