"""While a login node cannot be reached it is probed, and what is known of the reason is shown."""

import asyncio
import socket
import time

import pytest

from jupystra_tui.errors import ConnectError
from jupystra_tui.model import Layer, Problem
from jupystra_tui.ssh.auth_errors import ClosedBeforeLogin, LoginThrottled
from jupystra_tui.ssh.tcp import Address, ProbeResult
from jupystra_tui.worker import outage
from jupystra_tui.worker.outage import REFUSES, Outage

HOST = Address(socket.AF_INET, ("127.0.0.1", 22))


class Network:
    """Stands in for the network: how the host replies, and whether there is a route to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reply, self.route, self.probes = ProbeResult.SILENT, True, 0
        self.shown: list[Problem] = []
        self.probed = asyncio.Event()
        monkeypatch.setattr(outage, "probe", self.probe)
        monkeypatch.setattr(outage, "has_route", lambda targets: self.route)

    async def probe(self, targets: tuple[Address, ...], seconds: float) -> ProbeResult:
        assert targets == (HOST,)
        self.probes += 1
        self.probed.set()
        return self.reply

    async def next_probe(self) -> None:
        self.probed.clear()
        async with asyncio.timeout(10):
            await self.probed.wait()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


async def test_the_reason_is_shown_and_the_network_s_return_is_found_at_once(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "QUICK_PAUSE", 0.05)
    waiting = asyncio.create_task(Outage(None, (HOST,)).until_reachable(network.shown.append))
    await network.next_probe()
    await network.next_probe()
    network.route = False
    await network.next_probe()
    await network.next_probe()
    assert [problem.layer for problem in network.shown[::3]] == [Layer.NETWORK, Layer.LAPTOP_OFFLINE]
    network.reply = ProbeResult.CONNECTED
    async with asyncio.timeout(10):
        await waiting


async def test_for_ten_minutes_no_pause_is_longer_than_a_second_later_they_grow_to_fifteen() -> None:
    waits = Outage(None, (HOST,))
    assert {waits._pause(ProbeResult.SILENT) for _ in range(50)} == {1.0}
    waits._began -= outage.QUICK_SECONDS
    pauses = [waits._pause(ProbeResult.SILENT) for _ in range(50)]
    assert 8.0 < max(pauses) <= 15.0


async def test_a_host_that_refuses_is_asked_ever_less_often(network: Network) -> None:
    waits = Outage(None, (HOST,))
    pauses = [waits._pause(ProbeResult.REFUSED) for _ in range(10)]
    assert pauses[0] < 1.5
    assert 8.0 < pauses[-1] <= 15.0
    network.reply = ProbeResult.REFUSED
    waiting = asyncio.create_task(waits.until_reachable(network.shown.append))
    await network.next_probe()
    await asyncio.sleep(0)
    assert network.shown == [REFUSES]
    waiting.cancel()


async def test_after_waking_it_probes_at_once(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "QUICK_PAUSE", 3600.0)
    waits = Outage(None, (HOST,))
    waiting = asyncio.create_task(waits.until_reachable(network.shown.append))
    await network.next_probe()
    network.reply = ProbeResult.CONNECTED
    waits.hurry()
    async with asyncio.timeout(10):
        await waiting


async def test_where_only_a_login_can_tell_nothing_is_waited_for(network: Network) -> None:
    async with asyncio.timeout(10):
        await Outage(None, ()).until_reachable(network.shown.append)
    assert (network.probes, network.shown) == (0, [])


async def test_after_logins_that_failed_the_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "LONGEST_QUICK", 0.1)
    began = time.monotonic()
    await Outage(None, ()).rest(ConnectError("It broke"))
    assert time.monotonic() - began >= 0.08


async def test_a_login_node_that_takes_no_connection_is_left_alone_for_long(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, rests = Outage(None, (HOST,)), []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(waits, "_rest", rest)
    for _ in range(6):
        await waits.rest(LoginThrottled("Not allowed at this time"))
    assert rests[0] >= 24.0
    assert max(rests) > 200.0
    await waits.until_reachable(network.shown.append)
    assert network.probes == 0


async def test_one_that_closes_connections_is_tried_ever_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    waits, rests = Outage(None, (HOST,)), []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr(waits, "_rest", rest)
    for _ in range(10):
        await waits.rest(ClosedBeforeLogin("It closed the connection"))
    assert rests[0] < 2.0
    assert 40.0 < rests[-1] <= 60.0
